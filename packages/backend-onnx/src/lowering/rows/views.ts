/**
 * Ops that only move positions: by rows they are index maps and no work. Their adjoints leave sums to whoever reads them.
 */
import type { OpParams, TensorType } from '@cyclegan/core';
import type { LoweringContext } from '../context.ts';
import { positionAt } from '../conv/positions.ts';
import { image } from '../lower.ts';
import { concat } from '../operators.ts';
import type { LowerRows } from './lower-rows.ts';
import { type Extents, extentsOf, type PictureShape } from './order.ts';
import { fold, inOrder, settled, view } from './picture.ts';

/** For each position of pictures of extents `to`, the position of `from` that `place` finds for its row and column. */
function sources(to: Extents, from: Extents, place: (y: number, x: number) => readonly [number, number]): Int32Array {
  const found = new Int32Array(to.n * to.height * to.width);
  let next = 0;
  for (let n = 0; n < to.n; n++) {
    for (let y = 0; y < to.height; y++) {
      for (let x = 0; x < to.width; x++) found[next++] = positionAt(from, n, ...place(y, x));
    }
  }
  return found;
}

/** Index within 0 ... extent - 1 that `at` mirrors. */
function mirrored(at: number, extent: number): number {
  const inside = Math.abs(at);
  return inside < extent ? inside : 2 * (extent - 1) - inside;
}

function reflections(
  context: LoweringContext,
  padded: Extents,
  inner: Extents,
  [top, , left]: OpParams['reflectPad']['padding'],
): Int32Array {
  return context.remember(`reflections ${[padded.n, padded.height, padded.width, inner.height, inner.width, top, left]}`, () =>
    sources(padded, inner, (y, x) => [mirrored(y - top, inner.height), mirrored(x - left, inner.width)]),
  );
}

/** Mirrored positions are read where they come from. */
export const reflectPadRows: LowerRows<'reflectPad'> = (context, { params: { padding }, outputs: [y], picture }) => {
  const x = picture(0);
  const padded = extentsOf(image(y));
  return [view(x, padded, reflections(context, padded, extentsOf(x.shape), padding))];
};

/** Cotangents of mirrored positions are summed where they come from. */
export const reflectPadGradRows: LowerRows<'reflectPadGrad'> = (context, { params: { padding }, outputs: [dx], picture }) => {
  const dy = picture(0);
  const inner = extentsOf(image(dx));
  return [fold(dy, inner, reflections(context, extentsOf(dy.shape), inner, padding))];
};

/** Whether padding is of zeros around pictures. */
export function fitsPad({ params: { low, high, interior, value }, outputs: [y] }: Typed<'pad'>): boolean {
  const channelsStay = [...low.slice(0, 2), ...high.slice(0, 2), ...interior].every((amount) => amount === 0);
  return y?.shape.length === 4 && y.dtype === 'f32' && value === 0 && channelsStay;
}

/** Zeros around pictures; negative amounts crop. */
export const padRows: LowerRows<'pad'> = (_, { params: { low }, outputs: [y], picture }) => {
  const x = picture(0);
  const padded = extentsOf(image(y));
  return [
    view(
      x,
      padded,
      sources(padded, extentsOf(x.shape), (row, column) => [row - (low[2] ?? 0), column - (low[3] ?? 0)]),
    ),
  ];
};

/** A node without its values. */
interface Typed<K extends keyof OpParams> {
  readonly params: OpParams[K];
  readonly inputs: readonly TensorType[];
  readonly outputs: readonly TensorType[];
}

/** Whether a slice takes part of the rows and columns or part of the channels of whole pictures. */
export function fitsSlice({ params: { starts, steps }, inputs: [x], outputs: [y] }: Typed<'slice'>): boolean {
  if (x?.shape.length !== 4 || y === undefined) return false;
  const [n, c, height, width] = image(x);
  const [batch, channels, tall, wide] = image(y);
  const whole = tall === height && wide === width;
  return batch === n && (channels === c || (whole && steps[1] === 1)) && starts[0] === 0;
}

/** Part of pictures. */
export const sliceRows: LowerRows<'slice'> = (context, { params: { starts, limits, steps }, outputs: [y], picture }) => {
  const x = picture(0);
  const shape = image(y);
  if (shape[1] !== x.shape[1]) {
    const bounds = [starts[1] ?? 0, limits[1] ?? 0, 1].map((bound) => context.ints([bound]));
    return [inOrder(context.emit('Slice', [settled(context, x), ...bounds]), shape)];
  }
  const [top = 0, left = 0] = starts.slice(2);
  const [down = 1, across = 1] = steps.slice(2);
  const found = sources(extentsOf(shape), extentsOf(x.shape), (row, column) => [top + row * down, left + column * across]);
  return [view(x, extentsOf(shape), found)];
};

/** Whether pictures are joined by their channels. */
export function fitsConcat({ params: { axis }, outputs: [y] }: Typed<'concat'>): boolean {
  return axis === 1 && y?.shape.length === 4;
}

/** Channels of pictures one after the other. */
export const concatRows: LowerRows<'concat'> = (context, { inputs, outputs: [y], picture }) => {
  const matrices = inputs.map((_, at) => settled(context, picture(at)));
  return [inOrder(concat(context, matrices, 1), image(y))];
};

/** Whether one value per channel, or one for all, is stretched over pictures. */
export function fitsBroadcast({ inputs: [x], outputs: [y] }: Typed<'broadcast'>): boolean {
  if (x?.shape.length !== 4 || y?.shape.length !== 4) return false;
  const [n, , height, width] = image(x);
  return n === 1 && height === 1 && width === 1;
}

/** Values per channel at every position. */
export const broadcastRows: LowerRows<'broadcast'> = (context, { outputs: [y], picture }) => {
  const shape: PictureShape = image(y);
  const rows = shape[0] * shape[2] * shape[3];
  return [inOrder(context.emit('Expand', [settled(context, picture(0)), context.ints([rows, shape[1]])]), shape)];
};

/** Axes over which pictures by rows are summed. */
const SUMS: readonly string[] = ['2,3', '0,2,3', '0,1,2,3'];

/** Whether a sum is over positions, or over everything. */
export function fitsSum({ params: { axes }, inputs: [x] }: Typed<'sum'>): boolean {
  return x?.shape.length === 4 && x.dtype === 'f32' && SUMS.includes(axes.join());
}
