/** Pictures at the training size without chance, for looking at the same ones again and again: whole, or their centre where training crops. */
import { f32, type HostTensor } from '@cyclegan/core';
import { type DecodeOptions, decodePicture } from './decode.ts';
import { writeWindow } from './memory/picture-tensor.ts';
import { formatSize, PictureError, type Size } from './picture.ts';
import { describePicture, type PictureFile } from './picture-file.ts';
import { crops, type Preprocess, resizedSize } from './preprocess.ts';

/** How a picture is brought to the training size, which height and width are. */
export interface CentredOptions extends Size, Pick<DecodeOptions, 'channels' | 'bitDepth'> {
  readonly preprocess: Preprocess;
}

/**
 * Decodes a picture to a 1 x C x H x W f32 tensor in [-1, 1]. Where training resizes before it crops, nothing more is cropped than the aspect ratio needs.
 * Throws PictureError as `decodePicture` does, and for a picture that is too small to crop.
 */
export async function loadCentred(file: PictureFile, { preprocess, height, width, ...options }: CentredOptions): Promise<HostTensor> {
  const wanted = { height, width };
  const size = (own: Size) => (crops(preprocess) ? resizedSize(own, { preprocess, loadSize: wanted, height }) : wanted);
  const picture = await decodePicture(file, { ...options, size });
  if (picture.height < height || picture.width < width) {
    throw new PictureError(`${describePicture(file)}: ${formatSize(picture)} is too small for crops of ${formatSize(wanted)}.`);
  }
  const shape = [1, picture.channels, height, width];
  const target = new Float32Array(picture.channels * height * width);
  const [top, left] = [Math.floor((picture.height - height) / 2), Math.floor((picture.width - width) / 2)];
  writeWindow(target, picture, { top, left, height, width, mirrored: false });
  return f32(shape, target);
}
