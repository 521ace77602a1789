/** Pictures on the host made larger by mirroring, and cut back: how a network sees a size that it does not take. */
import { type HostTensor, TensorError } from '../tensor.ts';

/** A height and a width, in pixels. */
export interface Extents {
  readonly height: number;
  readonly width: number;
}

/** Which part of a larger picture is meant: its place and its extents. */
export interface Window extends Extents {
  readonly top: number;
  readonly left: number;
}

/** The position inside 0 .. length - 1 that `position` mirrors to, at the edges without repeating them, as often as it takes. */
export function reflectedIndex(position: number, length: number): number {
  if (length === 1) return 0;
  const period = 2 * (length - 1);
  const offset = ((position % period) + period) % period;
  return offset < length ? offset : period - offset;
}

/**
 * Enlarges an f32 picture N x C x H x W to `size` by reflection, as evenly on all sides as whole pixels allow; `window` is where the picture lies in
 * the result. Throws TensorError when `size` is smaller than the picture.
 */
export function reflectTo(picture: HostTensor, size: Extents): { readonly padded: HostTensor; readonly window: Window } {
  const { height, width } = extentsOf(picture);
  if (size.height < height || size.width < width)
    throw new TensorError(`padding: expected at least ${height} x ${width} (height x width), got ${size.height} x ${size.width}.`);
  const window = centred({ height, width }, size);
  const rows = Int32Array.from({ length: size.height }, (_, y) => reflectedIndex(y - window.top, height));
  const columns = Int32Array.from({ length: size.width }, (_, x) => reflectedIndex(x - window.left, width));
  return { padded: pixelsAt(picture, rows, columns), window };
}

/** Cuts a window out of an f32 picture N x C x H x W; throws TensorError when it reaches beyond the picture. */
export function crop(picture: HostTensor, { top, left, height, width }: Window): HostTensor {
  const whole = extentsOf(picture);
  if (top < 0 || left < 0 || top + height > whole.height || left + width > whole.width)
    throw new TensorError(`crop: the window reaches beyond the picture of ${whole.height} x ${whole.width} (height x width).`);
  const rows = Int32Array.from({ length: height }, (_, y) => top + y);
  const columns = Int32Array.from({ length: width }, (_, x) => left + x);
  return pixelsAt(picture, rows, columns);
}

function extentsOf({ shape, dtype, data }: HostTensor): Extents {
  const [, , height = 0, width = 0] = shape;
  if (shape.length !== 4 || dtype !== 'f32' || data.length === 0)
    throw new TensorError(`expected an f32 picture N x C x H x W that is not empty, got ${dtype} ${shape.join('x')}.`);
  return { height, width };
}

/** Where a picture lies in one of `size`: in the middle, as far as whole pixels allow. */
export function centred({ height, width }: Extents, size: Extents): Window {
  return { top: (size.height - height) >> 1, left: (size.width - width) >> 1, height, width };
}

/** The pixels of an f32 picture N x C x H x W at these rows and columns. */
export function pixelsAt({ shape, data }: HostTensor, rows: Int32Array, columns: Int32Array): HostTensor {
  const [batch = 0, channels = 0, sourceHeight = 0, sourceWidth = 0] = shape;
  const [height, width] = [rows.length, columns.length];
  const target = new Float32Array(batch * channels * height * width);
  let at = 0;
  for (let plane = 0; plane < batch * channels; plane++) {
    for (const y of rows) {
      const start = (plane * sourceHeight + y) * sourceWidth;
      for (const x of columns) target[at++] = data[start + x] ?? 0;
    }
  }
  return { shape: [batch, channels, height, width], dtype: 'f32', data: target };
}
