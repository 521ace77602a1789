/**
 * Pictures by rows: every op that can work so does, on the op cases and their gradients and on this backend's own cases,
 * against the reference; and the same for a training step, where layouts meet.
 */
import { type AnyNode, cycleGanModel, type Graph, optimise, PAPER_DISCRIMINATOR, PAPER_GENERATOR, traceStep } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { OP_CASES, opCaseGraphs, runGraph, titleOf } from '@cyclegan/core/testing';
import { describe, expect, it } from 'vitest';
import { assignLayouts } from '../../src/lowering/layout/assign.ts';
import { NATIVE_COMPOSITES } from '../../src/lowering/lower.ts';
import { layoutPrices } from '../../src/lowering/rows/table.ts';
import { everythingByRows, expectClose, feedsOf, runLowered } from './compare.ts';
import { CASES, caseGraph, labelOf } from './lowering-cases.ts';

const canByRows = (graph: Graph) => everythingByRows(optimise(graph, NATIVE_COMPOSITES)).size > 0;

async function compare(graph: Graph, feeds = feedsOf(graph), tolerance?: number): Promise<void> {
  const ready = optimise(graph, NATIVE_COMPOSITES);
  expectClose(
    await runLowered(ready, { byRows: everythingByRows }, feeds),
    await runGraph(createReferenceBackend(), graph, feeds),
    tolerance,
  );
}

/** Winograd's rounding, and more of it with each order of the gradient. */
const TOLERANCES: Readonly<Record<string, number>> = { forward: 2e-5, gradient: 5e-5, second: 2e-4 };

describe('pictures by rows', () => {
  const own = CASES.filter((one) => canByRows(caseGraph(one)));
  it('serve many of the cases', () => expect(own.length).toBeGreaterThan(10));
  it.each(own.map((one) => ({ one, label: labelOf(one) })))('$label', ({ one }) => compare(caseGraph(one)));

  const graphs = OP_CASES.flatMap((opCase) => {
    const { forward, gradient, second } = opCaseGraphs(opCase);
    return Object.entries({ forward, gradient, second }).flatMap(([kind, one]) =>
      one === undefined || !canByRows(one.graph) ? [] : [{ title: `${titleOf(opCase)}, ${kind}`, tolerance: TOLERANCES[kind], ...one }],
    );
  });
  it.each(graphs)('$title', ({ graph, feeds, tolerance }) => compare(graph, feeds, tolerance));
});

describe('the assignment of layouts', () => {
  const prices = (node: AnyNode) => layoutPrices(node);

  it('works by rows inside the generators of the paper, and changes the layout where channels are few', () => {
    const step = optimise(traceStep(cycleGanModel({ height: 256, width: 256 })), NATIVE_COMPOSITES);
    const byRows = assignLayouts(step, prices);
    const blocks = step.nodes.filter(({ op, scope }) => op === 'conv2d' && scope.includes('block'));
    expect(blocks.length).toBeGreaterThan(0);
    expect(blocks.every((node) => byRows.has(node))).toBe(true);
    const stems = step.nodes.filter(({ op, scope }) => op === 'conv2d' && scope.includes('stem'));
    expect(stems.some((node) => byRows.has(node))).toBe(false);
  });

  it('leaves weights and their optimiser as tensors', () => {
    const small = cycleGanModel({
      height: 32,
      width: 32,
      generator: { ...PAPER_GENERATOR, filters: 8, blocks: 1 },
      discriminator: { ...PAPER_DISCRIMINATOR, filters: 8 },
    });
    const step = optimise(traceStep(small), NATIVE_COMPOSITES);
    const byRows = assignLayouts(step, prices);
    expect(step.nodes.filter((node) => node.scope.startsWith('adam') && byRows.has(node))).toEqual([]);
  });
});
