/** Pictures from disk to training batches, and from network outputs to picture files. */
export { type DecodeOptions, decodePicture } from './decode.ts';
export { encodePng } from './encode.ts';
export { DataSetError, type Domains, findDomains, listPictures, PICTURE_EXTENSIONS } from './folders.ts';
export { composeGrid } from './image-grid.ts';
export { type Channels, type Picture, PictureError, type Size } from './picture.ts';
export { loadPictureTensor, pictureToTensor, tensorToPicture } from './picture-tensor.ts';
export { type Preprocess, UnpairedFolders, type UnpairedOptions } from './unpaired.ts';
