/** What forceOrder promises, by the simulation of the search, which order.test.ts among the parity tests compares with ONNX Runtime. */
import { randomStream } from '@cyclegan/core';
import type { OnnxNode } from '@cyclegan/formats';
import { describe, expect, it } from 'vitest';
import { executionOrder } from '../../../src/order/execution-order.ts';
import { forceOrder } from '../../../src/order/force-order.ts';

/** A node `name` that computes a value of that name. */
const node = (name: string, ...inputs: string[]): OnnxNode => ({ name, opType: 'Sum', inputs, outputs: [name] });
const namesOf = (nodes: readonly OnnxNode[]) => nodes.map(({ name }) => name);

/** Nodes `0` to `size - 1` that read up to three earlier ones, many of them near. */
function randomNodes(seed: number, size: number): OnnxNode[] {
  const random = randomStream(seed, 'nodes');
  return Array.from({ length: size }, (_, at) => {
    const drawn = (k: number, bound: number) => random.integer(at, k, bound);
    const inputs = Array.from({ length: drawn(0, Math.min(at, 3) + 1) }, (_, k) => at - 1 - drawn(1 + k, k === 0 ? Math.min(at, 5) : at));
    return node(`${at}`, ...inputs.map(String), 'x');
  });
}

/** Order in which the nodes of a forced file are computed, fences left out. */
function forcedOrder(nodes: readonly OnnxNode[], slack?: number): number[] {
  return namesOf(executionOrder(forceOrder(nodes, slack)))
    .filter((name) => !name?.startsWith('fence'))
    .map(Number);
}

describe('executionOrder', () => {
  it('goes from the last node that none reads upwards, and takes the lower ones first', () => {
    const nodes = [node('a', 'x'), node('b', 'x'), node('early', 'a', 'b'), node('late', 'b')];
    expect(namesOf(executionOrder(nodes))).toEqual(['b', 'late', 'a', 'early']);
    expect(namesOf(executionOrder([...nodes].reverse()))).toEqual(['a', 'b', 'early', 'late']);
  });
});

describe('forceOrder', () => {
  it('keeps any order without slack', () => {
    for (let seed = 0; seed < 50; seed++) {
      const nodes = randomNodes(seed, 60);
      expect(forcedOrder(nodes, 0)).toEqual(nodes.map((_, at) => at));
    }
  });

  it('lets no node be computed more places early than the slack', () => {
    const slack = 10;
    for (let seed = 0; seed < 50; seed++) {
      const order = forcedOrder(randomNodes(seed, 100), slack);
      expect([...order].sort((a, b) => a - b)).toEqual(order.map((_, at) => at));
      order.forEach((position, at) => {
        const overtaken = Math.min(...order.slice(at + 1), Number.POSITIVE_INFINITY);
        expect(position - overtaken).toBeLessThanOrEqual(slack);
      });
    }
  });

  it('takes no fence where the search finds the order by itself, and fewer with slack', () => {
    const chain = Array.from({ length: 20 }, (_, at) => node(`${at}`, at === 0 ? 'x' : `${at - 1}`));
    expect(namesOf(forceOrder(chain, 0)).sort()).toEqual(namesOf(chain).sort());
    const nodes = randomNodes(1, 200);
    expect(forceOrder(nodes, 20).length).toBeLessThan(forceOrder(nodes, 0).length);
  });

  it('makes a node wait through what it reads last', () => {
    const nodes = [node('a', 'x'), node('side', 'a'), node('b', 'a'), node('c', 'b', 'side')];
    expect(forceOrder(nodes.slice(0, 3), 0)).toContainEqual(expect.objectContaining({ name: 'b', inputs: ['fence/2'] }));
    expect(forceOrder(nodes.slice(0, 3), 0)).toContainEqual(
      expect.objectContaining({ opType: 'Unsqueeze', inputs: ['a', 'fence/2/none0'] }),
    );
  });

  it('takes a model without nodes', () => {
    expect(forceOrder([])).toEqual([]);
  });
});
