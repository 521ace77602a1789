/** Kernels of what has no inputs. */
import * as tf from '@tensorflow/tfjs-core';
import type { Kernels } from './kernel.ts';

/** Kernel of counting; the other leaves are values that a run finds. */
export const iotaKernels: Kernels<'iota'> = {
  iota: ({ params: { length, dtype } }) => tf.range(0, length, 1, dtype === 'i32' ? 'int32' : 'float32'),
};
