/** Pictures in memory, as tensors and as training batches: needs neither Node nor sharp, so that it runs in a browser. */
export { type Channels, type Picture, PictureError, type Size } from '../picture.ts';
export { MemoryBatches, type MemoryBatchesOptions } from './memory-batches.ts';
export { pictureToTensor, tensorToPicture } from './picture-tensor.ts';
