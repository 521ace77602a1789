/** Kernels that move elements and compute nothing: each is a copy between two views. */
import { type Shape, stridesOf } from '../tensor.ts';
import { copyView, stretchedView, type View, wholeView } from './strided.ts';
import { type Application, allocate, type Elements, type Kernels } from './value.ts';

/** Kernels of the shape ops. */
export const shapeKernels: Kernels<'reshape' | 'transpose' | 'broadcast' | 'concat' | 'slice' | 'pad'> = {
  reshape: ({ inputs: [x] }) => x.data,

  transpose: (call) => {
    const strides = stridesOf(call.inputs[0].shape);
    return gather(call, { offset: 0, strides: call.params.permutation.map((axis) => strides[axis] ?? 0) });
  },

  broadcast: (call) => gather(call, stretchedView(call.inputs[0].shape, call.output.shape)),

  concat: ({ inputs, params: { axis }, output }) => {
    const result = allocate(output);
    const { strides } = wholeView(output.shape);
    let offset = 0;
    for (const { shape, data } of inputs) {
      copyView(shape, { data, view: wholeView(shape) }, { data: result, view: { offset, strides } });
      offset += (shape[axis] ?? 0) * (strides[axis] ?? 0);
    }
    return result;
  },

  slice: (call) => {
    const { starts, steps } = call.params;
    const strides = stridesOf(call.inputs[0].shape);
    return gather(call, { offset: dot(starts, strides), strides: strides.map((stride, axis) => stride * (steps[axis] ?? 1)) });
  },

  pad: ({ inputs: [x], params: { low, interior, value }, output }) => {
    const result = allocate(output).fill(value);
    // Element i of an axis lands at low + i * step; negative padding leaves only those of `kept`.
    const steps = interior.map((count) => count + 1);
    const kept = x.shape.map((extent, axis) => landing(extent, low[axis] ?? 0, steps[axis] ?? 1, output.shape[axis] ?? 0));
    if (kept.some(({ count }) => count <= 0)) return result;
    const from = stridesOf(x.shape);
    const to = stridesOf(output.shape);
    const firsts = kept.map(({ first }) => first);
    const landings = firsts.map((first, axis) => (low[axis] ?? 0) + first * (steps[axis] ?? 1));
    copyView(
      kept.map(({ count }) => count),
      { data: x.data, view: { offset: dot(firsts, from), strides: from } },
      { data: result, view: { offset: dot(landings, to), strides: to.map((stride, axis) => stride * (steps[axis] ?? 1)) } },
    );
    return result;
  },
};

function gather({ inputs: [x], output }: Application, view: View): Elements {
  const result = allocate(output);
  copyView(output.shape, { data: x.data, view }, { data: result, view: wholeView(output.shape) });
  return result;
}

/** The elements i of `extent` for which 0 <= low + i * step < limit. */
function landing(extent: number, low: number, step: number, limit: number): { first: number; count: number } {
  const first = Math.max(0, Math.ceil(-low / step));
  const last = Math.min(extent - 1, Math.floor((limit - 1 - low) / step));
  return { first, count: last - first + 1 };
}

function dot(a: Shape, b: Shape): number {
  return a.reduce((sum, value, axis) => sum + value * (b[axis] ?? 0), 0);
}
