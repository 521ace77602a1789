/** The translations into one domain that were seen last, and real pictures of it to hold them against. Knows no thresholds. */
import type { HostTensor } from '@cyclegan/core';
import { brightnessCorrelation, type PictureSummary, picturesOf, summarise } from './picture-summary.ts';

/** Translations of different pictures that are needed to say anything. */
const ENOUGH = 4;

/** Real pictures that are remembered. */
const MOST_REAL = 32;

/** A picture and what became of it. */
export interface Translation {
  readonly input: PictureSummary;
  readonly output: PictureSummary;
  /** Of the brightness of the two, where neither is flat. */
  readonly correlation: number | undefined;
}

/** What is known of the pictures of a domain, real and generated. */
export class Translations {
  readonly #real = new Map<string, PictureSummary>();
  #translations: ReadonlyMap<string, Translation> = new Map();

  /** Takes real pictures of the domain: N x C x H x W in [-1, 1]. */
  addReal(batch: HostTensor): void {
    for (const picture of picturesOf(batch).map(summarise)) remember(this.#real, keyOf(picture), picture);
    for (const key of [...this.#real.keys()].slice(0, -MOST_REAL)) this.#real.delete(key);
  }

  /**
   * Takes what a generator made of some batches at one step; that of earlier steps is kept only where it takes it to have
   * translations of enough pictures.
   */
  addTranslations(batches: readonly { readonly input: HostTensor; readonly output: HostTensor }[]): void {
    const now = new Map<string, Translation>();
    for (const translation of batches.flatMap(translationsOf)) remember(now, keyOf(translation.input), translation);
    const earlier = [...this.#translations].filter(([key]) => !now.has(key));
    const wanted = Math.max(0, ENOUGH - now.size);
    this.#translations = new Map([...earlier.slice(earlier.length - Math.min(wanted, earlier.length)), ...now]);
  }

  /** Different real pictures of the domain. */
  get real(): PictureSummary[] {
    return [...this.#real.values()];
  }

  /** The newest translations of different pictures; none before there are enough. */
  get newest(): Translation[] {
    return this.#translations.size < ENOUGH ? [] : [...this.#translations.values()];
  }
}

function translationsOf({ input, output }: { readonly input: HostTensor; readonly output: HostTensor }): Translation[] {
  const outputs = picturesOf(output);
  return picturesOf(input).flatMap((picture, at) => {
    const translated = outputs[at];
    if (translated === undefined) return [];
    return [{ input: summarise(picture), output: summarise(translated), correlation: brightnessCorrelation(picture, translated) }];
  });
}

/** Sets a value, as the newest. */
function remember<Value>(values: Map<string, Value>, key: string, value: Value): void {
  values.delete(key);
  values.set(key, value);
}

/** Tells pictures apart: batches that are filled up, and fixed pictures, show the same one again. */
function keyOf({ layout }: PictureSummary): string {
  return Array.from(layout, (value) => value.toFixed(4)).join(' ');
}
