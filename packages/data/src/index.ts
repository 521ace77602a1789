/** Pictures from disk to training batches, and from network outputs to picture files. */
export { PictureBatches, type PictureBatchesOptions } from './batches.ts';
export { type CentredOptions, loadCentred } from './centred.ts';
export { type DecodeOptions, decodePicture } from './decode.ts';
export { DIFFERENCE_PEAK, type Difference, differenceOf } from './difference.ts';
export { encodePicture, encodePng, formatOfPath, type PictureFormat } from './encode.ts';
export {
  DataSetError,
  type Domains,
  findDomains,
  listDomain,
  listPairs,
  listPictures,
  PICTURE_EXTENSIONS,
  pairUp,
  type Split,
} from './folders.ts';
export type { OnBroken } from './good-pictures.ts';
export { composeGrid } from './image-grid.ts';
export { loadPictureTensor } from './load-tensor.ts';
export { pictureToTensor, tensorToPicture } from './memory/picture-tensor.ts';
export { MAX_PIXELS, readPictureSize } from './open-picture.ts';
export { type PatchMap, patchOverlay } from './patch-overlay.ts';
export { type BitDepth, type Channels, type Picture, PictureError, type Size } from './picture.ts';
export { describePicture, type Half, type PictureFile } from './picture-file.ts';
export { crops, PREPROCESSES, type Preprocess, type Preprocessing, resizedSize } from './preprocess.ts';
export {
  keepUsable,
  type ScannedDomains,
  type ScannedPicture,
  type Skipped,
  scanPictures,
  type UsablePictures,
  uniformSize,
} from './usable.ts';
