/**
 * Training batches from two folders of unrelated pictures, sampled and augmented as in the reference's unaligned data set. All
 * choices are functions of the seed and an item's number, so a batch depends on its step alone.
 */
import { type Batch, type BatchShape, type BatchSource, f32, type RandomStream, randomStream } from '@cyclegan/core';
import { LRUCache } from 'lru-cache';
import { DataSetError } from './folders.ts';
import { type Channels, formatSize, type Picture, PictureError, type Size } from './picture.ts';
import { PictureCache } from './picture-cache.ts';
import { type Window, writeWindow } from './picture-tensor.ts';
import { Prefetcher } from './prefetch.ts';

/**
 * From a picture to the training size: resized to the load size and cropped at random; resized to the training size; cropped
 * at random from its own size; or used as it is.
 */
export type Preprocess = 'resize-crop' | 'resize' | 'crop' | 'none';

/** Settings of UnpairedFolders; the extents are those of the batches. */
export interface UnpairedOptions extends Size {
  /** Paths of the pictures of domain A, as `findDomains` gives them. */
  readonly domainA: readonly string[];
  readonly domainB: readonly string[];
  readonly seed: number;
  readonly batch?: number;
  readonly channels?: { readonly A: Channels; readonly B: Channels };
  readonly preprocess?: Preprocess;
  /** What `resize-crop` resizes to before it crops; by default 286/256 of the training size. */
  readonly loadSize?: Size;
  /** Mirror half of the pictures left to right. */
  readonly flip?: boolean;
  /** Take the pictures in order, and the B with the number of the A, instead of at random. */
  readonly serial?: boolean;
  /** Memory for decoded pictures, in bytes. */
  readonly cacheBytes?: number;
  /** Steps prepared ahead of the one asked for. */
  readonly prefetch?: number;
}

type Domain = 'A' | 'B';
type Settings = Required<UnpairedOptions>;

/**
 * A batch source over two lists of pictures. An epoch has as many items as the larger domain; an item is an A, in an order of its
 * own each epoch, and a random B. The last batch of an epoch is filled from the next. The constructor throws DataSetError for an
 * empty domain and RangeError for settings that make no sense; `batch` rejects with PictureError.
 *
 * @example
 * const { A, B } = await findDomains('datasets/maps');
 * const source = new UnpairedFolders({ domainA: A, domainB: B, height: 256, width: 256, seed: 1 });
 */
export class UnpairedFolders implements BatchSource {
  readonly stepsPerEpoch: number;
  readonly shape: BatchShape;
  readonly #settings: Settings;
  readonly #items: number;
  readonly #streams: Readonly<Record<'pair' | 'crop' | 'flip', RandomStream>>;
  readonly #orders: LRUCache<number, Uint32Array>;
  readonly #pictures: PictureCache;
  readonly #batches: Prefetcher<Batch>;

  constructor(options: UnpairedOptions) {
    const settings = withDefaults(options);
    const { domainA, domainB, batch, channels, height, width, seed } = settings;
    checkSettings(settings);
    this.#settings = settings;
    this.#items = Math.max(domainA.length, domainB.length);
    this.stepsPerEpoch = Math.ceil(this.#items / batch);
    this.shape = { batch, channels, height, width };
    this.#streams = { pair: randomStream(seed, 'pair'), crop: randomStream(seed, 'crop'), flip: randomStream(seed, 'flip') };
    const shuffle = randomStream(seed, 'shuffle');
    // Two, for a batch may reach from one epoch into the next.
    this.#orders = new LRUCache({ max: 2, memoMethod: (epoch) => shuffle.permutation(epoch, this.#items) });
    this.#pictures = new PictureCache(settings.cacheBytes);
    this.#batches = new Prefetcher((step) => this.#compose(step), settings.prefetch);
  }

  /** The batch of a step, counted from 0. */
  batch(step: number): Promise<Batch> {
    return this.#batches.get(step);
  }

  async #compose(step: number): Promise<Batch> {
    const { batch } = this.#settings;
    const items = Array.from({ length: batch }, (_, place) => step * batch + place);
    const [A, B] = await Promise.all([this.#composeDomain('A', items), this.#composeDomain('B', items)]);
    return { A, B };
  }

  async #composeDomain(domain: Domain, items: readonly number[]): Promise<Batch[Domain]> {
    const { height, width, channels: both } = this.#settings;
    const channels = both[domain];
    const extent = channels * height * width;
    const data = new Float32Array(items.length * extent);
    await Promise.all(
      items.map(async (item, place) => {
        const path = this.#choose(item)[domain];
        const picture = await this.#pictures.get({ path, channels, ...resizing(this.#settings) });
        writeWindow(data.subarray(place * extent, (place + 1) * extent), picture, this.#window(item, domain, picture, path));
      }),
    );
    return f32([items.length, channels, height, width], data);
  }

  /** Which two pictures make up an item. */
  #choose(item: number): Record<Domain, string> {
    const { domainA, domainB, serial } = this.#settings;
    const place = item % this.#items;
    const number = serial ? place : (this.#orders.memo(Math.floor(item / this.#items))[place] ?? 0);
    const numberB = serial ? number % domainB.length : this.#streams.pair.integer(item, 0, domainB.length);
    return { A: domainA[number % domainA.length] ?? '', B: domainB[numberB] ?? '' };
  }

  /** Which part of a picture is shown, and whether mirrored. */
  #window(item: number, domain: Domain, picture: Picture, path: string): Window {
    const { height, width, preprocess, flip } = this.#settings;
    const down = picture.height - height;
    const right = picture.width - width;
    if (down < 0 || right < 0 || (preprocess === 'none' && down + right > 0)) {
      const wanted = `${preprocess === 'none' ? 'exactly' : 'at least'} ${formatSize({ height, width })}`;
      throw new PictureError(`${path}: preprocess '${preprocess}' needs ${wanted} pixels, got ${formatSize(picture)}. Use 'resize-crop'.`);
    }
    const draw = domain === 'A' ? 0 : 1;
    return {
      top: this.#streams.crop.integer(item, 2 * draw, down + 1),
      left: this.#streams.crop.integer(item, 2 * draw + 1, right + 1),
      height,
      width,
      mirrored: flip && this.#streams.flip.uniform(item, draw) < 0.5,
    };
  }
}

function withDefaults({ height, width, ...options }: UnpairedOptions): Settings {
  return {
    height,
    width,
    batch: 1,
    channels: { A: 3, B: 3 },
    preprocess: 'resize-crop',
    loadSize: { height: Math.round((height * 286) / 256), width: Math.round((width * 286) / 256) },
    flip: true,
    serial: false,
    cacheBytes: 512 * 2 ** 20,
    prefetch: 2,
    ...options,
  };
}

/** What decoding resizes to, if it does. */
function resizing({ preprocess, loadSize, height, width }: Settings): { size?: Size } {
  if (preprocess === 'resize-crop') {
    return { size: loadSize };
  }
  return preprocess === 'resize' ? { size: { height, width } } : {};
}

function checkSettings(settings: Settings): void {
  const { domainA, domainB, batch, height, width, loadSize, preprocess, cacheBytes, prefetch } = settings;
  const lengths = { A: domainA.length, B: domainB.length };
  if (lengths.A === 0 || lengths.B === 0) {
    throw new DataSetError(`expected pictures in both domains, got ${lengths.A} in A and ${lengths.B} in B.`);
  }
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
  if (preprocess === 'resize-crop' && (loadSize.height < height || loadSize.width < width)) {
    throw new RangeError(`loadSize: expected at least the training size, ${formatSize({ height, width })}, got ${formatSize(loadSize)}.`);
  }
}
