/**
 * What is drawn for each item of training: which pictures, which part of them, mirrored or not. A function of the seed and the item's
 * number alone. Knows no pixels, and not where pictures come from.
 */
import { type RandomStream, randomStream } from '@cyclegan/core';
import type { Size } from '../picture.ts';
import type { Window } from './picture-tensor.ts';

/** One of the two kinds of pictures. */
export type Domain = 'A' | 'B';

/** What decides; the extents are those of the parts that are shown. */
export interface ChoiceSettings extends Size {
  readonly seed: number;
  /** Pictures of each domain. */
  readonly counts: Readonly<Record<Domain, number>>;
  /** A and B of one number show the same: they are cropped and mirrored alike. */
  readonly paired: boolean;
  /** Mirror half of the pictures left to right. */
  readonly flip: boolean;
  /** Take the pictures in order, and the B with the number of the A, instead of at random. */
  readonly serial: boolean;
}

/** The numbers of the pictures that are drawn for an item. */
export type Choice = Readonly<Record<Domain, number>>;

/** The choices of a run, in the manner of the reference's unaligned and aligned data sets. */
export class ItemChoices {
  /** Items of an epoch: as many as the larger domain has pictures. */
  readonly items: number;
  readonly #settings: ChoiceSettings;
  readonly #streams: Readonly<Record<'pair' | 'crop' | 'flip' | 'shuffle', RandomStream>>;
  /** By epoch, the last ones asked for. */
  readonly #orders = new Map<number, Uint32Array>();

  constructor(settings: ChoiceSettings) {
    const { seed, counts } = settings;
    this.#settings = settings;
    this.items = Math.max(counts.A, counts.B);
    const stream = (purpose: string) => randomStream(seed, purpose);
    this.#streams = { pair: stream('pair'), crop: stream('crop'), flip: stream('flip'), shuffle: stream('shuffle') };
  }

  /** An A, in an order of its own each epoch, and a random B, or A's partner. */
  choose(item: number): Choice {
    const { counts, serial, paired } = this.#settings;
    const place = item % this.items;
    const number = serial ? place : (this.#order(Math.floor(item / this.items))[place] ?? 0);
    const numberB = serial || paired ? number % counts.B : this.#streams.pair.integer(item, 0, counts.B);
    return { A: number % counts.A, B: numberB };
  }

  /** Which part of a picture of some size is shown, and whether mirrored. */
  window(item: number, domain: Domain, picture: Size): Window {
    const { height, width, flip, paired } = this.#settings;
    const draw = domain === 'A' || paired ? 0 : 1;
    return {
      top: this.#streams.crop.integer(item, 2 * draw, picture.height - height + 1),
      left: this.#streams.crop.integer(item, 2 * draw + 1, picture.width - width + 1),
      height,
      width,
      mirrored: flip && this.#streams.flip.uniform(item, draw) < 0.5,
    };
  }

  #order(epoch: number): Uint32Array {
    const known = this.#orders.get(epoch);
    if (known !== undefined) return known;
    // two, for a batch may reach from one epoch into the next
    for (const other of this.#orders.keys()) if (Math.abs(other - epoch) > 1) this.#orders.delete(other);
    const order = this.#streams.shuffle.permutation(epoch, this.items);
    this.#orders.set(epoch, order);
    return order;
  }
}
