/** From a picture's file to the tensor that networks see. */
import type { HostTensor } from '@cyclegan/core';
import { type DecodeOptions, decodePicture } from './decode.ts';
import { pictureToTensor } from './memory/picture-tensor.ts';
import type { Size } from './picture.ts';
import type { PictureFile } from './picture-file.ts';

/** Decodes a picture to a 1 x C x H x W f32 tensor in [-1, 1]; throws PictureError as `decodePicture` does. */
export async function loadPictureTensor(
  source: string | PictureFile | Uint8Array,
  { height, width, ...options }: Pick<DecodeOptions, 'channels' | 'bitDepth'> & Size,
): Promise<HostTensor> {
  return pictureToTensor(await decodePicture(source, { ...options, size: { height, width } }));
}
