/** Training batches of photos and the classes of their pixels: resized, cropped and mirrored alike. Which part of which pair is shown follows from the seed. */
import { f32, i32, type LabelledBatch, randomStream } from '@cyclegan/core';
import { nearestClasses, type Palette, resample, resampleClasses, VOID } from '@cyclegan/eval';
import type { FcnSettings } from './fcn-settings.ts';
import type { LabelPairs } from './label-pairs.ts';

/** Label pixels farther than this from every colour are void, as when scores are made. */
export const VOID_DISTANCE = 30;

/** Bytes of pictures that are kept in memory; others are decoded anew each time. */
const CACHE_BYTES = 512 * 2 ** 20;

/** A pair in the size that the network judges: RGB of 8 bits and classes, rows from the top. */
export interface SizedPair {
  readonly photo: Uint8Array;
  readonly classes: Uint8Array;
}

/** Batches of pairs, in a new order each epoch; the last one of an epoch is filled from the next. */
export class PairBatches {
  readonly stepsPerEpoch: number;
  readonly #pairs: LabelPairs;
  readonly #palette: Palette;
  readonly #settings: FcnSettings;
  readonly #partners: Uint32Array;
  readonly #cache = new Map<number, SizedPair>();
  readonly #streams: Readonly<Record<'order' | 'crop' | 'flip', ReturnType<typeof randomStream>>>;
  #order: { readonly epoch: number; readonly numbers: Uint32Array } | undefined;

  constructor(pairs: LabelPairs, palette: Palette, settings: FcnSettings) {
    const { seed, batch, shuffleLabels } = settings;
    const count = pairs.names.length;
    this.#pairs = pairs;
    this.#palette = palette;
    this.#settings = settings;
    this.stepsPerEpoch = Math.ceil(count / batch);
    const stream = (purpose: string) => randomStream(seed, `fcn/${purpose}`);
    this.#streams = { order: stream('order'), crop: stream('crop'), flip: stream('flip') };
    const shuffled = stream('shuffled labels').permutation(0, count);
    this.#partners = shuffleLabels ? shuffled : Uint32Array.from({ length: count }, (_, at) => at);
  }

  /** The batch of a step, counted from 0; rejects with PictureError for a picture that cannot be read. */
  async batch(step: number): Promise<LabelledBatch> {
    const { batch, crop } = this.#settings;
    const plane = crop * crop;
    const [photos, labels] = [new Float32Array(3 * batch * plane), new Int32Array(batch * plane)];
    const items = Array.from({ length: batch }, (_, place) => step * batch + place);
    const pairs = await Promise.all(items.map((item) => this.pair(this.#numberOf(item))));
    for (const [place, pair] of pairs.entries()) {
      const target = { photo: photos.subarray(3 * place * plane), classes: labels.subarray(place * plane) };
      this.#write(pair, items[place] ?? 0, target);
    }
    return { photos: f32([batch, 3, crop, crop], photos), labels: i32([batch, 1, crop, crop], labels) };
  }

  /** The pair of a number, in the size that the network judges. */
  async pair(number: number): Promise<SizedPair> {
    const known = this.#cache.get(number);
    if (known !== undefined) return known;
    const { size } = this.#settings;
    const { photos, labels, names } = this.#pairs;
    const [photo, label] = await Promise.all([
      photos.read(names[number] ?? ''),
      labels.read(names[this.#partners[number] ?? number] ?? ''),
    ]);
    const extents = { width: size, height: size };
    const { data } = resample(photo, { ...extents, interpolation: 'bilinear' });
    const classes = resampleClasses(nearestClasses(label, this.#palette, { voidDistance: VOID_DISTANCE }), extents);
    const made = { photo: Uint8Array.from(data, Math.round), classes: classes.data };
    if ((this.#cache.size + 1) * 4 * size * size <= CACHE_BYTES) this.#cache.set(number, made);
    return made;
  }

  #numberOf(item: number): number {
    const count = this.#pairs.names.length;
    const epoch = Math.floor(item / count);
    const known = this.#order?.epoch === epoch ? this.#order.numbers : this.#streams.order.permutation(epoch, count);
    this.#order = { epoch, numbers: known };
    return known[item % count] ?? 0;
  }

  /** Writes the part of a pair that an item shows. */
  #write({ photo, classes }: SizedPair, item: number, target: { readonly photo: Float32Array; readonly classes: Int32Array }): void {
    const { size, crop, flip } = this.#settings;
    const [top, left] = [0, 1].map((axis) => this.#streams.crop.integer(item, axis, size - crop + 1)) as [number, number];
    const mirrored = flip && this.#streams.flip.uniform(item, 0) < 0.5;
    const plane = crop * crop;
    for (let at = 0; at < plane; at++) {
      const column = at % crop;
      const from = (top + Math.floor(at / crop)) * size + left + (mirrored ? crop - 1 - column : column);
      target.classes[at] = classes[from] ?? VOID;
      for (let channel = 0; channel < 3; channel++) target.photo[channel * plane + at] = (photo[3 * from + channel] ?? 0) / 127.5 - 1;
    }
  }
}
