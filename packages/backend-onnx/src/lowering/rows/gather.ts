/**
 * What a picture by rows is, and how rows of it are read.
 */
import { int } from '../attributes.ts';
import type { LoweringContext, Value } from '../context.ts';
import { concat } from '../operators.ts';
import type { PictureShape } from './order.ts';

/** A position that no row holds: it is zero. */
export const ZERO = -1;

/** A batch of pictures N x C x H x W by rows. */
export interface Picture {
  readonly shape: PictureShape;
  /** rows x C. */
  readonly matrix: Value;
  readonly rows: number;
  /** Each position is the sum of one row per term, or of none where it is ZERO. Positions count picture by picture, row by row. */
  readonly terms: readonly Int32Array[];
  /** A row of `matrix` that is known to be zero. */
  readonly zeroRow?: number;
}

/** Rows of a picture's matrix (ZERO for a row of zeros): dims x C. */
export function gather(context: LoweringContext, picture: Picture, rows: Int32Array, dims: readonly number[]): Value {
  const padded = rows.includes(ZERO) ? withZeroRow(context, picture) : { matrix: picture.matrix, zeroRow: 0 };
  const filled = rows.map((row) => (row === ZERO ? padded.zeroRow : row));
  return context.emit('Gather', [padded.matrix, context.constant('i32', dims, filled)], { axis: int(0) });
}

/** The matrix with a row of zeros in it, and where. */
function withZeroRow(
  context: LoweringContext,
  { matrix, rows, shape: [, channels], zeroRow }: Picture,
): { matrix: Value; zeroRow: number } {
  if (zeroRow !== undefined) return { matrix, zeroRow };
  const zeros = context.constant('f32', [1, channels], new Float32Array(channels));
  return { matrix: context.once(`zero row ${matrix}`, () => concat(context, [matrix, zeros], 0)), zeroRow: rows };
}
