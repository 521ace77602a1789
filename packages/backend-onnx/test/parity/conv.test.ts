/** Every formulation of every convolution op, on every geometry that it says it fits, against the reference. */
import { convOutputSize, type Graph, type OpParams, only, trace } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { runGraph } from '@cyclegan/core/testing';
import { describe, expect, it } from 'vitest';
import { FORMULATIONS } from '../../src/lowering/conv/choose.ts';
import type { ConvName, ConvNode, Formulation } from '../../src/lowering/conv/formulation.ts';
import type { LoweringOptions } from '../../src/lowering/graph-to-onnx.ts';
import { LOWERINGS } from '../../src/lowering/table.ts';
import { everythingByRows, expectClose, feedsOf, runLowered } from './compare.ts';
import { CONV_CASES, type ConvCase } from './conv-cases.ts';

/** Winograd's rounding is some ten times that of a plain sum. */
const TOLERANCES: Readonly<Record<string, number>> = { winograd: 2e-5 };

/** How many of the cases each formulation fits: a condition that became too strict would leave them untested. */
const FITTING: Readonly<Record<ConvName, Readonly<Record<string, number>>>> = {
  conv2d: { direct: 35, flipped: 19, gathered: 31, taps: 27, winograd: 13 },
  conv2dInputGrad: { transposed: 35, flipped: 19, polyphase: 31, winograd: 13 },
  conv2dWeightGrad: { taps: 35, 'unfolded input': 35, 'unfolded output': 21, 'gathered input': 31, 'gathered output': 31, winograd: 11 },
};

function convGraph<K extends ConvName>(op: K, { x, w, geometry }: ConvCase): Graph {
  const [n = 1, , height = 1, width = 1] = x;
  const [o = 1, , ...kernel] = w;
  const kernelSize = kernel as [number, number];
  const dy = [n, o, ...convOutputSize([height, width], kernelSize, geometry)];
  const params = { ...geometry, inputSize: [height, width], kernelSize } as unknown as OpParams[K];
  const shapes = { conv2d: [x, w], conv2dInputGrad: [dy, w], conv2dWeightGrad: [x, dy] }[op];
  return trace((graph) => {
    const inputs = shapes.map((shape, index) => graph.input(`input${index}`, shape));
    graph.output('y', only(graph.emit(op, inputs, params)));
  });
}

function by<K extends ConvName>(op: K, formulation: Formulation<K>): LoweringOptions {
  if (formulation.layout === 'tensor') return { lowerings: { ...LOWERINGS, [op]: formulation.lower }, byRows: () => new Set() };
  return { byRows: everythingByRows, rowsLowering: () => formulation.lower as never };
}

function fits<K extends ConvName>(op: K, formulation: Formulation<K>, convCase: ConvCase): boolean {
  const node = convGraph(op, convCase).nodes.at(-1);
  return node !== undefined && formulation.fits(node as unknown as ConvNode<K>);
}

/** Compares a formulation on the cases that it fits. */
function check<K extends ConvName>(op: K, formulation: Formulation<K>): void {
  const { name } = formulation;
  const cases = CONV_CASES.filter((convCase) => fits(op, formulation, convCase));
  it(`${op} ${name} fits as many cases as ever`, () => expect(cases).toHaveLength(FITTING[op][name] ?? 0));
  it.each(cases)(`${op} ${name}: $name`, async (convCase) => {
    const graph = convGraph(op, convCase);
    const feeds = feedsOf(graph);
    const actual = await runLowered(graph, by(op, formulation), feeds);
    expectClose(actual, await runGraph(createReferenceBackend(), graph, feeds), Math.max(TOLERANCES[name] ?? 0, convCase.tolerance));
  });
}

describe('convolution formulations', () => {
  for (const op of Object.keys(FORMULATIONS) as ConvName[]) for (const formulation of FORMULATIONS[op]) check(op, formulation as never);
});
