/**
 * Slices of axis 0 at an index that is known only when the model runs.
 */
import type { LoweringContext, Value } from './context.ts';
import type { Lower, Operand } from './lower.ts';
import { reshape } from './operators.ts';

/** The index as a vector of one i32, clamped so that `size` entries from it on fit into `x`. */
function start(context: LoweringContext, x: Operand, index: Operand, size: number): Value {
  const last = (x.shape[0] ?? 1) - size;
  const clamped = context.emit('Clip', [index.value, context.scalar('i32', 0), context.scalar('i32', last)]);
  return reshape(context, clamped, [], [1]);
}

/** Lowerings of dynamicSlice and dynamicUpdate. */
export const DYNAMIC: { readonly [K in 'dynamicSlice' | 'dynamicUpdate']: Lower<K> } = {
  dynamicSlice: (context, { inputs: [x, index], params: { size } }) => {
    if (size === x.shape[0]) return x.value;
    const from = start(context, x, index, size);
    const vector = (value: number) => context.constant('i32', [1], Int32Array.of(value));
    return context.emit('Slice', [x.value, from, context.emit('Add', [from, vector(size)]), vector(0)]);
  },
  dynamicUpdate: (context, { inputs: [x, update, index] }) => {
    const [size = 1] = update.shape;
    if (size === x.shape[0]) return update.value;
    const offsets = context.constant(
      'i32',
      [size],
      Int32Array.from({ length: size }, (_, offset) => offset),
    );
    const rows = context.emit('Add', [start(context, x, index, size), offsets]);
    const indices = context.cast(reshape(context, rows, [size], [size, 1]), 'int64');
    return context.emit('ScatterND', [x.value, indices, update.value]);
  },
};
