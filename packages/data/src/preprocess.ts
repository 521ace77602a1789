/**
 * From pictures of any size to those of one training size: get_transform of the reference's data/base_dataset.py, as functions of
 * sizes alone.
 */
import { formatSize, type Size } from './picture.ts';

/**
 * How a picture gets the training size: resized to the load size and cropped at random; cropped at random from its own size; scaled
 * to the load width, keeping its aspect ratio as long as the height is no less than the training height; the same, then cropped;
 * or rounded to multiples of 4.
 */
export type Preprocess = 'resize-and-crop' | 'crop' | 'scale-width' | 'scale-width-and-crop' | 'none';

/** All of them. */
export const PREPROCESSES: readonly Preprocess[] = ['resize-and-crop', 'crop', 'scale-width', 'scale-width-and-crop', 'none'];

/** Preprocessing, and the sizes it works with; height and width are those of the training pictures, the reference's crop size. */
export interface Preprocessing extends Size {
  readonly preprocess: Preprocess;
  /** The reference's load size; of `scale-width` the width alone counts. */
  readonly loadSize: Size;
}

/** Without cropping, a network of two halvings takes only such extents. */
const MULTIPLE = 4;

/** What a picture of size `own` is resized to before it is cropped, if it is. */
export function resizedSize(own: Size, { preprocess, loadSize, height }: Omit<Preprocessing, 'width'>): Size {
  switch (preprocess) {
    case 'resize-and-crop':
      return loadSize;
    case 'crop':
      return own;
    case 'scale-width':
    case 'scale-width-and-crop':
      // the reference cuts the fraction off
      return { width: loadSize.width, height: Math.floor(Math.max((loadSize.width * own.height) / own.width, height)) };
    case 'none':
      return { width: roundToMultiple(own.width), height: roundToMultiple(own.height) };
  }
}

/** Whether what is left of a picture is cropped; otherwise it has to have the training size. */
export function crops(preprocess: Preprocess): boolean {
  return preprocess !== 'none' && preprocess !== 'scale-width';
}

/** Why a picture of size `own` cannot be used for training, in words; undefined when it can. */
export function unfitness(own: Size, preprocessing: Preprocessing): string | undefined {
  const { width, height, preprocess } = preprocessing;
  const resized = resizedSize(own, preprocessing);
  if (crops(preprocess) && (resized.width < width || resized.height < height)) {
    return `${formatSize(own)} is too small for crops of ${formatSize({ width, height })}`;
  }
  return resized.width < 1 || resized.height < 1 ? `${formatSize(own)} is too small` : undefined;
}

/** The nearest multiple, of two equally near the even one, as Python rounds. */
function roundToMultiple(extent: number): number {
  const quotient = extent / MULTIPLE;
  const rounded = Math.round(quotient);
  return MULTIPLE * (rounded - quotient === 0.5 && rounded % 2 === 1 ? rounded - 1 : rounded);
}
