/** PyTorch's .pth and .pt files -> tensors by name. */
import type { TensorRecord } from '@cyclegan/core';
import { Budget } from './budget.ts';
import { flatten } from './flatten.ts';
import { openLegacy } from './legacy-container.ts';
import { readTensor } from './tensors.ts';
import { isZip, openZip } from './zip-container.ts';

/** Operations of the pickles, items of containers and files of the zip archive; ten thousand tensors take about as many. */
const MAX_STEPS = 2 ** 20;
/** How much more memory tensors may take than the file has bytes: tensors that share storages, and narrow types that are widened. */
const EXPANSION = 8;
const SMALL_FILE = 2 ** 21;

/**
 * The tensors of a file that torch.save wrote, in the zip format or the one before. Containers are flattened: `{'state_dict': {'model.1.weight': t}}`
 * gives `state_dict.model.1.weight`, items of lists go by their index; numbers, texts and other values that are not tensors are left out. Half and
 * bfloat16 become f32, doubles keep their precision, integers become i32; tensors of one storage may share its memory. Nothing in the file is executed.
 *
 * Throws FormatError, and nothing else, when the file is not whole, refers to anything but tensors and containers, has an integer beyond 32 bits,
 * or exceeds what hostile files are held to: 2^20 operations and items; containers 100 deep; tensors of 32 axes with extents below 2^31, that
 * together take no more than 16 MB or, if larger, eight times the file; stored files only. Time and memory are linear in the file's size.
 */
export function readPth(bytes: Uint8Array): TensorRecord {
  const steps = new Budget(MAX_STEPS, 'operations and items');
  const { root, storages } = isZip(bytes) ? openZip(bytes, steps) : openLegacy(bytes, steps);
  const room = new Budget(EXPANSION * Math.max(bytes.length, SMALL_FILE), 'bytes of tensors');
  const tensors = [...flatten(root, steps)];
  return Object.fromEntries(tensors.map(([name, tensor]) => [name, readTensor(name, tensor, { storages, room })]));
}
