/**
 * Training batches from the pictures of two domains, sampled and augmented as in the reference's unaligned and aligned data sets.
 * All choices are functions of the seed and an item's number, so a batch depends on its step alone.
 */
import type { Batch, BatchShape, BatchSource } from '@cyclegan/core';
import { DataSetError } from './folders.ts';
import { GoodPictures, type OnBroken } from './good-pictures.ts';
import { composeBatch, type Pictures } from './memory/compose-batch.ts';
import { type Choice, type Domain, ItemChoices } from './memory/item-choices.ts';
import { type BitDepth, type Channels, formatSize, type Picture, PictureError, type Size } from './picture.ts';
import { PictureCache } from './picture-cache.ts';
import { describePicture, type PictureFile, pictureFile } from './picture-file.ts';
import { Prefetcher } from './prefetch.ts';
import { crops, type Preprocess, resizedSize } from './preprocess.ts';

/** Settings of PictureBatches; the extents are those of the batches. */
export interface PictureBatchesOptions extends Size {
  /** Pictures of domain A, as `findDomains` gives them, or their paths. */
  readonly A: readonly (PictureFile | string)[];
  readonly B: readonly (PictureFile | string)[];
  readonly seed: number;
  /** A and B of one place in the lists show the same, as pix2pix needs it: they are cropped and mirrored alike. */
  readonly paired?: boolean;
  readonly batch?: number;
  readonly channels?: { readonly A: Channels; readonly B: Channels };
  /** Bits that a sample is decoded with. */
  readonly bitDepth?: BitDepth;
  readonly preprocess?: Preprocess;
  /** What pictures are resized to before they are cropped; by default 286/256 of the training size. */
  readonly loadSize?: Size;
  /** Mirror half of the pictures left to right. */
  readonly flip?: boolean;
  /** Take the pictures in order, and the B with the number of the A, instead of at random. */
  readonly serial?: boolean;
  /** Memory for decoded pictures, in bytes. */
  readonly cacheBytes?: number;
  /** Steps prepared ahead of the one asked for. */
  readonly prefetch?: number;
  /** Told once of each picture, or pair, whose pixels cannot be used; the next good one takes its place. */
  readonly onBroken?: OnBroken;
}

type Settings = Required<Omit<PictureBatchesOptions, Domain>> & Readonly<Record<Domain, readonly PictureFile[]>>;

/**
 * A batch source over two lists of pictures. An epoch has as many items as the larger domain; an item is an A, in an order of its
 * own each epoch, and a random B, or A's partner. The last batch of an epoch is filled from the next. The constructor throws
 * DataSetError for an empty domain and RangeError for settings that make no sense; `batch` rejects with DataSetError when no picture
 * of a domain can be used, or pictures of several sizes would be used without a crop.
 *
 * @example
 * const source = new PictureBatches({ ...(await findDomains('datasets/maps')), height: 256, width: 256, seed: 1 });
 */
export class PictureBatches implements BatchSource {
  readonly stepsPerEpoch: number;
  readonly shape: BatchShape;
  readonly #batches: Prefetcher<Batch>;

  constructor(options: PictureBatchesOptions) {
    const settings = withDefaults(options);
    const { A, B, batch, channels, height, width } = settings;
    checkSettings(settings);
    const choices = new ItemChoices({ ...settings, counts: { A: A.length, B: B.length } });
    this.stepsPerEpoch = Math.ceil(choices.items / batch);
    this.shape = { batch, channels, height, width };
    const parts = { choices, pictures: goodPictures(settings) };
    this.#batches = new Prefetcher((step) => composeBatch(step, this.shape, parts), settings.prefetch);
  }

  /** The batch of a step, counted from 0. */
  batch(step: number): Promise<Batch> {
    return this.#batches.get(step);
  }
}

/** Decodes what is chosen, broken pictures replaced by the next good ones. */
function goodPictures(settings: Settings): (choice: Choice) => Promise<Pictures> {
  const { A, B, channels, bitDepth, cacheBytes, paired, onBroken } = settings;
  const cache = new PictureCache({ bytes: cacheBytes, bitDepth, size: (own) => resizedSize(own, settings) });
  const load = async (domain: Domain, number: number): Promise<Picture> => {
    const file = pictureFile(settings[domain][number] ?? '');
    const picture = await cache.get({ file, channels: channels[domain] });
    checkExtents(picture, file, settings);
    return picture;
  };
  if (paired) {
    const loadPair = async (number: number): Promise<Pictures> => {
      const pair = { A: await load('A', number), B: await load('B', number) };
      checkPair(pair, [A[number], B[number]]);
      return pair;
    };
    const pairs = new GoodPictures({ count: A.length, load: loadPair, onBroken });
    return (choice) => pairs.get(choice.A);
  }
  const goodA = new GoodPictures({ count: A.length, load: (number) => load('A', number), onBroken });
  const goodB = new GoodPictures({ count: B.length, load: (number) => load('B', number), onBroken });
  return async (choice) => {
    const [pictureA, pictureB] = await Promise.all([goodA.get(choice.A), goodB.get(choice.B)]);
    return { A: pictureA, B: pictureB };
  };
}

/** A picture that is too small to crop is broken; one of another size where nothing is cropped is a data set that does not fit. */
function checkExtents(picture: Picture, file: PictureFile, { preprocess, height, width }: Settings): void {
  const wanted = formatSize({ height, width });
  if (crops(preprocess)) {
    if (picture.height >= height && picture.width >= width) return;
    throw new PictureError(`${describePicture(file)}: ${formatSize(picture)} is too small for crops of ${wanted}.`);
  }
  if (picture.height === height && picture.width === width) return;
  throw new DataSetError(
    `${describePicture(file)}: preprocess '${preprocess}' gives ${formatSize(picture)}, but training needs ${wanted}. Use 'resize-and-crop' or another that crops.`,
  );
}

function checkPair({ A, B }: Pictures, [fileA, fileB]: readonly (PictureFile | undefined)[]): void {
  if (formatSize(A) === formatSize(B) || fileA === undefined || fileB === undefined) return;
  throw new PictureError(
    `${describePicture(fileA)} and ${describePicture(fileB)}: a pair of different sizes, ${formatSize(A)} and ${formatSize(B)}.`,
  );
}

function withDefaults({ A, B, height, width, ...options }: PictureBatchesOptions): Settings {
  return {
    height,
    width,
    paired: false,
    batch: 1,
    channels: { A: 3, B: 3 },
    bitDepth: 8,
    preprocess: 'resize-and-crop',
    loadSize: { height: Math.round((height * 286) / 256), width: Math.round((width * 286) / 256) },
    flip: true,
    serial: false,
    cacheBytes: 512 * 2 ** 20,
    prefetch: 2,
    onBroken: () => undefined,
    ...options,
    A: A.map(pictureFile),
    B: B.map(pictureFile),
  };
}

function checkSettings({ A, B, paired, ...settings }: Settings): void {
  if (A.length === 0 || B.length === 0) {
    throw new DataSetError(`expected pictures in both domains, got ${A.length} in A and ${B.length} in B.`);
  }
  if (paired && A.length !== B.length) {
    throw new DataSetError(
      `expected as many pictures in A as in B, for pairs, got ${A.length} and ${B.length}. \`pairUp\` finds partners.`,
    );
  }
  const { batch, height, width, loadSize, preprocess, cacheBytes, prefetch } = settings;
  for (const [name, value] of Object.entries({ batch, height, width })) {
    if (!Number.isSafeInteger(value) || value < 1) {
      throw new RangeError(`${name}: expected a positive integer, got ${value}.`);
    }
  }
  for (const [name, value] of Object.entries({ cacheBytes, prefetch })) {
    if (!Number.isSafeInteger(value) || value < 0) {
      throw new RangeError(`${name}: expected an integer of 0 or more, got ${value}.`);
    }
  }
  const crop = formatSize({ height, width });
  if (preprocess === 'resize-and-crop' && (loadSize.height < height || loadSize.width < width)) {
    throw new RangeError(`loadSize: expected at least the training size, ${crop}, got ${formatSize(loadSize)}.`);
  }
  if (preprocess === 'scale-width-and-crop' && loadSize.width < width) {
    throw new RangeError(`loadSize: expected at least the training width, ${width}, got ${loadSize.width}.`);
  }
}
