/** Reductions: the input walked beside a result whose reduced axes have stride 0, so that many elements meet in one. */

import { sizeOf } from '../tensor.ts';
import { forEachRun, stretchedView, wholeView } from './strided.ts';
import { type Application, type Elements, floats, type Kernels } from './value.ts';

/** Kernels of the reductions. */
export const reductionKernels: Kernels<'sum' | 'maxReduce'> = {
  sum: (call) => reduce(call, 0, (a, b) => a + b),
  maxReduce: (call) => reduce(call, -Infinity, Math.max),
};

function reduce({ inputs: [x], output }: Application, start: number, f: (a: number, b: number) => number): Elements {
  const source = floats(x);
  const result = new Float64Array(sizeOf(output.shape)).fill(start);
  forEachRun(x.shape, [wholeView(x.shape), stretchedView(output.shape, x.shape)], (length, offsets, steps) => {
    const from = offsets[0]!;
    const to = offsets[1]!;
    const toStep = steps[1]!;
    for (let i = 0; i < length; i++) result[to + i * toStep] = f(result[to + i * toStep]!, source[from + i]!);
  });
  return result;
}
