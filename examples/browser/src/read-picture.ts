/** From image files to pictures in memory, by the browser's own decoders. Works in a worker. */
import { type Picture, PictureError, type Size } from '@cyclegan/data/memory';

/** The picture in a file, in RGB on white, resized where a size is given; throws PictureError naming the file when the browser cannot read it. */
export async function readPicture(file: Blob, size?: Size): Promise<Picture> {
  const bitmap = await createImageBitmap(file).catch(() => {
    const name = file instanceof File ? file.name : 'the picture';
    throw new PictureError(`${name} cannot be read by this browser: give a JPEG, PNG or WebP picture in its place.`);
  });
  const { width, height } = size ?? bitmap;
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (context === null) throw new PictureError(`a picture of ${width} x ${height} is too large for this browser; make it smaller.`);
  context.fillStyle = 'white';
  context.fillRect(0, 0, width, height);
  context.imageSmoothingQuality = 'high';
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  return { width, height, channels: 3, data: withoutAlpha(context.getImageData(0, 0, width, height).data) };
}

function withoutAlpha(rgba: Uint8ClampedArray): Uint8Array {
  const rgb = new Uint8Array((rgba.length / 4) * 3);
  for (let pixel = 0, at = 0; pixel < rgba.length; pixel += 4, at += 3) rgb.set(rgba.subarray(pixel, pixel + 3), at);
  return rgb;
}
