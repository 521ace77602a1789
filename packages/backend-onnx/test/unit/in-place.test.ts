/** Which updates may be written over what they replace, on nodes written by hand; `w` is the variable and `next` its update. */
import type { OnnxNode } from '@cyclegan/formats';
import { describe, expect, it } from 'vitest';
import { inPlaceVariables } from '../../src/in-place.ts';

type Line = readonly [output: string, opType: string, ...inputs: string[]];

const nodesOf = (lines: readonly Line[]): OnnxNode[] => lines.map(([output, opType, ...inputs]) => ({ opType, inputs, outputs: [output] }));

const isSafe = (...lines: Line[]) =>
  inPlaceVariables(nodesOf(lines), { variables: new Map([['w', 'w']]), updates: new Map([['w', 'next']]) }).has('w');

describe('inPlaceVariables', () => {
  it.each<[string, Line[]]>([
    ['an elementwise node', [['next', 'Sub', 'w', 'x']]],
    ['an elementwise node that reads the variable twice', [['next', 'Mul', 'w', 'w']]],
    [
      'a node behind all readers',
      [
        ['y', 'Conv', 'x', 'w'],
        ['next', 'Sub', 'w', 'y'],
      ],
    ],
    [
      'a node behind the readers of an alias',
      [
        ['flat', 'Reshape', 'w', 'shape'],
        ['all', 'Concat', 'flat', 'x'],
        ['part', 'Slice', 'all', 'from', 'to'],
        ['next', 'Reshape', 'part', 'shape'],
      ],
    ],
    [
      'a scatter into the variable',
      [
        ['old', 'Slice', 'w', 'index'],
        ['shown', 'Where', 'store', 'x', 'old'],
        ['next', 'ScatterND', 'w', 'index', 'shown'],
      ],
    ],
    ['a node that reads something else', [['next', 'Relu', 'x']]],
  ])('takes %s', (_, lines) => {
    expect(isSafe(...lines)).toBe(true);
  });

  it.each<[string, Line[]]>([
    [
      'a reader that does not precede the update',
      [
        ['y', 'Conv', 'x', 'w'],
        ['next', 'Sub', 'w', 'x'],
      ],
    ],
    [
      'a reader of the updated value that reads the old one as well',
      [
        ['next', 'Sub', 'w', 'x'],
        ['change', 'Sub', 'next', 'w'],
      ],
    ],
    [
      'a reader of an alias of an alias',
      [
        ['same', 'Identity', 'w'],
        ['flat', 'Reshape', 'same', 'shape'],
        ['y', 'MatMul', 'flat', 'x'],
        ['next', 'Sub', 'w', 'x'],
      ],
    ],
    [
      'an update that reads an alias, whose elements may be elsewhere',
      [
        ['flat', 'Reshape', 'w', 'shape'],
        ['next', 'Add', 'x', 'flat'],
      ],
    ],
    ['an update that reads elements after writing others', [['next', 'Transpose', 'w']]],
    ['an update of three operands, which may be passed over twice', [['next', 'Max', 'x', 'y', 'w']]],
    ['a scatter of the variable into something else', [['next', 'ScatterND', 'x', 'index', 'w']]],
    ['a scatter of the variable into itself', [['next', 'ScatterND', 'w', 'index', 'w']]],
    ['an update that no node computes', []],
  ])('refuses %s', (_, lines) => {
    expect(isSafe(...lines)).toBe(false);
  });

  it('refuses variables that take the values of each other', () => {
    const nodes = nodesOf([
      ['nextA', 'Identity', 'b'],
      ['nextB', 'Identity', 'a'],
    ]);
    const names = [
      ['a', 'a'],
      ['b', 'b'],
    ] as const;
    const updates = new Map([
      ['a', 'nextA'],
      ['b', 'nextB'],
    ]);
    expect(inPlaceVariables(nodes, { variables: new Map(names), updates }).size).toBe(0);
  });

  it('takes a variable that is written and never read', () => {
    const found = inPlaceVariables(nodesOf([['next', 'Relu', 'x']]), { variables: new Map(), updates: new Map([['w', 'next']]) });
    expect([...found]).toEqual(['w']);
  });
});
