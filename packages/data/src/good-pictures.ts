/**
 * Getting round pictures whose pixels turn out broken: in place of one, the next good one. Which one it is follows from the files
 * alone, so that a run repeats exactly as long as they stay the same.
 */
import { DataSetError } from './folders.ts';
import { PictureError } from './picture.ts';

/** Told once of each picture, or pair, that is replaced. */
export type OnBroken = (error: PictureError) => void;

/** What to number, how to load one (which rejects with PictureError when it is broken), and whom to tell. */
export interface GoodPicturesOptions<T> {
  readonly count: number;
  readonly load: (number: number) => Promise<T>;
  readonly onBroken: OnBroken;
}

/** Numbered pictures, or pairs, of which broken ones are passed over. */
export class GoodPictures<T> {
  readonly #options: GoodPicturesOptions<T>;
  /** What is wrong with those found broken so far. */
  readonly #broken = new Map<number, PictureError>();

  constructor(options: GoodPicturesOptions<T>) {
    this.#options = options;
  }

  /** What has this number, or the first good one after it, round and round; rejects with DataSetError when there is none. */
  async get(number: number): Promise<T> {
    const { count } = this.#options;
    for (let ahead = 0; ahead < count; ahead++) {
      const found = await this.#load((number + ahead) % count);
      if (found !== undefined) {
        return found.value;
      }
    }
    const first = this.#broken.get(Math.min(...this.#broken.keys()));
    throw new DataSetError(`none of the ${count} pictures that were looked at can be used. The first: ${first?.message ?? ''}`);
  }

  /** Undefined for a broken one, which is not looked at again. */
  async #load(number: number): Promise<{ readonly value: T } | undefined> {
    if (this.#broken.has(number)) {
      return undefined;
    }
    try {
      return { value: await this.#options.load(number) };
    } catch (error) {
      if (!(error instanceof PictureError)) {
        throw error;
      }
      // items prepared at once may come upon it together
      if (!this.#broken.has(number)) {
        this.#broken.set(number, error);
        this.#options.onBroken(error);
      }
      return undefined;
    }
  }
}
