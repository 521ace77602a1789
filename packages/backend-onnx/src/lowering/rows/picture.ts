/**
 * Pictures as matrices with a row of channels for each position, which is how matrix products want them. Where a matrix holds
 * the positions is an index map beside it, so that padding, mirroring and cropping are no work at all, and sums of
 * overlapping tiles wait until somebody needs them.
 */
import type { LoweringContext, Value } from '../context.ts';
import { reshape, transpose } from '../operators.ts';
import { gather, type Picture, ZERO } from './gather.ts';
import { type Extents, extentsOf, type PictureShape, type RowOrder, rowOrder } from './order.ts';
import { PairMemo } from './pair-memo.ts';
import { planSum, type SumPlan, sumOfRows } from './sum-of-rows.ts';

/** The picture of a matrix whose rows are in the order for its size. */
export function inOrder(matrix: Value, shape: PictureShape): Picture {
  const { terms, rowOf } = rowOrder(extentsOf(shape));
  return { shape, matrix, rows: rowOf.length, terms };
}

/** The matrix of a picture, its rows in the order for its size. */
export function settled(context: LoweringContext, picture: Picture): Value {
  return context.onceFor(picture, 'in order', () => arranged(context, picture, rowOrder(extentsOf(picture.shape))));
}

const plans = new PairMemo<readonly Int32Array[], object, SumPlan>();

/** The matrix of a picture with its rows in an order. */
function arranged(context: LoweringContext, picture: Picture, order: Pick<RowOrder, 'rowOf' | 'blocks'>): Value {
  const { rowOf, blocks } = order;
  const [first] = picture.terms;
  if (picture.terms.length === 1 && picture.rows === rowOf.length && first !== undefined && sameIndex(first, rowOf)) return picture.matrix;
  const plan = plans.get(picture.terms, order, () => planSum(reordered(picture.terms, rowOf, rowOf.length), blocks));
  return sumOfRows(context, picture, plan);
}

/** Terms of other positions: what is at position p goes to targets[p], or nowhere where that is ZERO. */
function reordered(terms: readonly Int32Array[], targets: Int32Array, length: number): Int32Array[] {
  return collectTerms(length, (add) => {
    for (const term of terms) {
      for (let position = 0; position < term.length; position++) {
        const row = term[position] ?? ZERO;
        const target = targets[position] ?? ZERO;
        if (row !== ZERO && target !== ZERO) add(target, row);
      }
    }
  });
}

/** Whether two index maps are equal; those of one size are mostly the same array. */
function sameIndex(a: Int32Array, b: Int32Array): boolean {
  return a === b || (a.length === b.length && a.every((row, at) => row === b[at]));
}

/** Rows of a picture with one term, by position (ZERO for a row of zeros): dims x C. */
export function rowsAt(context: LoweringContext, picture: Picture, positions: Int32Array, dims: readonly number[]): Value {
  const simple = picture.terms.length === 1 ? picture : inOrder(settled(context, picture), picture.shape);
  const [term = new Int32Array()] = simple.terms;
  const index = positions.map((position) => (position === ZERO ? ZERO : (term[position] ?? ZERO)));
  return gather(context, simple, index, dims);
}

const views = new PairMemo<readonly Int32Array[], Int32Array, readonly Int32Array[]>();
const folds = new PairMemo<readonly Int32Array[], Int32Array, readonly Int32Array[]>();

/** Another picture of the same matrix: position p of the new one is position sources[p] of the old one, or ZERO. */
export function view(picture: Picture, { height, width }: Omit<Extents, 'n'>, sources: Int32Array): Picture {
  const [n, c] = picture.shape;
  const terms = views.get(picture.terms, sources, () =>
    picture.terms.map((term) => sources.map((source) => (source === ZERO ? ZERO : (term[source] ?? ZERO)))),
  );
  return { ...picture, shape: [n, c, height, width], terms };
}

/** The adjoint of `view`: position q of the new picture is the sum of all positions p of the old one with sources[p] = q. */
export function fold(picture: Picture, { height, width }: Omit<Extents, 'n'>, sources: Int32Array): Picture {
  const [n, c] = picture.shape;
  const terms = folds.get(picture.terms, sources, () => reordered(picture.terms, sources, n * height * width));
  return { ...picture, shape: [n, c, height, width], terms };
}

/** Terms for so many positions, of the rows that `visit` adds to them. */
export function collectTerms(length: number, visit: (add: (position: number, row: number) => void) => void): Int32Array[] {
  const terms = [new Int32Array(length).fill(ZERO)];
  const counts = new Uint8Array(length);
  visit((position, row) => {
    const k = counts[position] ?? 0;
    terms[k] ??= new Int32Array(length).fill(ZERO);
    (terms[k] as Int32Array)[position] = row;
    counts[position] = k + 1;
  });
  return terms;
}

/** Rows in the order of positions itself. */
function positionOrder(context: LoweringContext, positions: number): Pick<RowOrder, 'rowOf' | 'blocks' | 'terms'> {
  return context.remember(`order of ${positions} positions`, () => {
    const rowOf = Int32Array.from({ length: positions }, (_, position) => position);
    return { rowOf, blocks: 1, terms: [rowOf] };
  });
}

/** A tensor N x C x H x W as a picture; its rows stay in the tensor's own order. */
export function fromTensor(context: LoweringContext, x: Value, shape: PictureShape): Picture {
  const [n, c, height, width] = shape;
  const rows = n * height * width;
  const { terms } = positionOrder(context, rows);
  return { shape, rows, terms, matrix: swapped(context, x, { shape, rows: c, columns: height * width, to: [rows, c] }) };
}

/** A picture as a tensor N x C x H x W. */
export function toTensor(context: LoweringContext, picture: Picture): Value {
  const [n, c, height, width] = picture.shape;
  const matrix = arranged(context, picture, positionOrder(context, n * height * width));
  return swapped(context, matrix, { shape: [n * height * width, c], rows: height * width, columns: c, to: picture.shape });
}

/** `x` as N matrices rows x columns, each transposed, as shape `to`. */
function swapped(
  context: LoweringContext,
  x: Value,
  { shape, rows, columns, to }: { shape: readonly number[]; rows: number; columns: number; to: readonly number[] },
): Value {
  if (rows === 1 || columns === 1) return reshape(context, x, shape, to);
  const batch = to.reduce((product, extent) => product * extent, 1) / (rows * columns);
  const leading = batch === 1 ? [] : [batch];
  const matrices = reshape(context, x, shape, [...leading, rows, columns]);
  const transposed = transpose(context, matrices, batch === 1 ? [1, 0] : [0, 2, 1]);
  return reshape(context, transposed, [...leading, columns, rows], to);
}
