/** Definitions of the ops that reduce, rearrange, cut and pad: which element of the input each element of the result is. */
import type { HostTensor } from '../../tensor.ts';
import { stretched } from './elementwise.ts';
import { fibre, type Index, indices, type Oracle, operand, range, reducedShape, scatterSum, tabulate, total } from './index-notation.ts';

type ShapeName =
  | 'constant'
  | 'iota'
  | 'sum'
  | 'maxReduce'
  | 'reshape'
  | 'transpose'
  | 'broadcast'
  | 'concat'
  | 'slice'
  | 'pad'
  | 'reflectPad'
  | 'reflectPadGrad'
  | 'dynamicSlice'
  | 'dynamicUpdate';

/** Oracles of leaves, reductions and shape ops. */
export const shapeOracles: { readonly [K in ShapeName]: Oracle<K> } = {
  constant: (_, { shape, dtype, data }) => [{ shape, dtype, data: dtype === 'f32' ? Float64Array.from(data) : data }],
  iota: (_, { length, dtype }) => [tabulate([length], ([i = 0]) => i, dtype)],

  sum: (inputs, { axes }) => {
    const x = operand(inputs, 0);
    return [tabulate(reducedShape(x.shape, axes), (index) => total(fibre(x.shape, axes, index), (other) => x.at(other)))];
  },
  maxReduce: (inputs, { axes }) => {
    const x = operand(inputs, 0);
    return [tabulate(reducedShape(x.shape, axes), (index) => Math.max(...fibre(x.shape, axes, index).map((other) => x.at(other))))];
  },

  reshape: (inputs, { shape }) => {
    const x = operand(inputs, 0);
    const elements = indices(x.shape).map((index) => x.at(index));
    let next = 0;
    return [tabulate(shape, () => elements[next++] ?? Number.NaN, x.dtype)];
  },
  transpose: (inputs, { permutation }) => {
    const x = operand(inputs, 0);
    // axis permutation[i] of the input has the place of axis i of the result
    const source = (index: Index) => x.shape.map((_, axis) => index[permutation.indexOf(axis)] ?? 0);
    return [
      tabulate(
        permutation.map((axis) => x.shape[axis] ?? 0),
        (index) => x.at(source(index)),
        x.dtype,
      ),
    ];
  },
  broadcast: (inputs, { shape }) => [tabulate(shape, (index) => stretched(operand(inputs, 0), index), operand(inputs, 0).dtype)],
  concat: (inputs, { axis }) => {
    const first = operand(inputs, 0);
    const owners = inputs.flatMap((input) => range(input.shape[axis] ?? 0).map((at) => ({ input, at })));
    const shape = first.shape.map((extent, k) => (k === axis ? owners.length : extent));
    const element = (index: Index) => {
      const owner = owners[index[axis] ?? 0];
      return owner === undefined ? Number.NaN : owner.input.at(index.map((i, k) => (k === axis ? owner.at : i)));
    };
    return [tabulate(shape, element, first.dtype)];
  },
  slice: (inputs, { starts, limits, steps }) => {
    const x = operand(inputs, 0);
    const kept = x.shape.map((extent, axis) =>
      range(extent).filter((at) => isKept(at, starts[axis] ?? 0, limits[axis] ?? 0, steps[axis] ?? 1)),
    );
    return [
      tabulate(
        kept.map(({ length }) => length),
        (index) => x.at(index.map((at, axis) => kept[axis]?.[at] ?? -1)),
        x.dtype,
      ),
    ];
  },
  pad: (inputs, { low, high, interior, value }) => {
    const x = operand(inputs, 0);
    const lines = x.shape.map((extent, axis) => paddedLine(extent, low[axis] ?? 0, high[axis] ?? 0, interior[axis] ?? 0));
    const element = (index: Index) => {
      const sources = index.map((at, axis) => lines[axis]?.[at] ?? FILL);
      return sources.includes(FILL) ? value : x.at(sources);
    };
    return [
      tabulate(
        lines.map(({ length }) => length),
        element,
        x.dtype,
      ),
    ];
  },

  reflectPad: (inputs, { padding: [top, bottom, left, right] }) => {
    const x = operand(inputs, 0);
    const [n = 0, c = 0, height = 0, width = 0] = x.shape;
    const source = ([image = 0, channel = 0, i = 0, j = 0]: Index) => [image, channel, mirror(i - top, height), mirror(j - left, width)];
    return [tabulate([n, c, top + height + bottom, left + width + right], (index) => x.at(source(index)))];
  },
  reflectPadGrad: (inputs, { padding: [top, bottom, left, right] }) => {
    const dy = operand(inputs, 0);
    const [n = 0, c = 0, paddedHeight = 0, paddedWidth = 0] = dy.shape;
    const [height, width] = [paddedHeight - top - bottom, paddedWidth - left - right];
    const source = ([image = 0, channel = 0, i = 0, j = 0]: Index) => [image, channel, mirror(i - top, height), mirror(j - left, width)];
    return [
      scatterSum(
        [n, c, height, width],
        indices(dy.shape).map((index) => [source(index), dy.at(index)] as const),
      ),
    ];
  },

  dynamicSlice: (inputs, { size }) => {
    const x = operand(inputs, 0);
    const [extent = 0, ...rest] = x.shape;
    const start = clamped(operand(inputs, 1).at([]), extent - size);
    return [tabulate([size, ...rest], ([entry = 0, ...inner]) => x.at([start + entry, ...inner]), x.dtype)];
  },
  dynamicUpdate: (inputs): HostTensor[] => {
    const [x, update] = [operand(inputs, 0), operand(inputs, 1)];
    const [size = 0] = update.shape;
    const start = clamped(operand(inputs, 2).at([]), (x.shape[0] ?? 0) - size);
    const element = (index: Index) => {
      const [entry = 0, ...inner] = index;
      const replaced = entry >= start && entry < start + size;
      return replaced ? update.at([entry - start, ...inner]) : x.at(index);
    };
    return [tabulate(x.shape, element, x.dtype)];
  },
};

/** Marks a padding element where a line of sources is written out. */
const FILL = -1;

function isKept(at: number, start: number, limit: number, step: number): boolean {
  return at >= start && at < limit && (at - start) % step === 0;
}

/** One axis of a padded tensor written out: the source of each element, or FILL. */
function paddedLine(extent: number, low: number, high: number, interior: number): number[] {
  const fill = (count: number) => range(Math.max(0, count)).map(() => FILL);
  const spread = range(extent).flatMap((at) => (at === 0 ? [at] : [...fill(interior), at]));
  const cropped = spread.slice(Math.max(0, -low), spread.length - Math.max(0, -high));
  return [...fill(low), ...cropped, ...fill(high)];
}

/** A position outside 0 ... extent - 1 reflected at the first or the last element. */
function mirror(at: number, extent: number): number {
  if (at < 0) return -at;
  return at >= extent ? 2 * (extent - 1) - at : at;
}

function clamped(index: number, last: number): number {
  return Math.min(Math.max(index, 0), last);
}
