/** Draws the pairs of a study, and gives their pictures names that do not tell which is real. Knows names, no pictures. */
import { randomUUID } from 'node:crypto';
import { randomStream } from '@cyclegan/core';
import { RunError } from '../errors.ts';

/** A real and a generated picture, by their names in their sets, and the files that the study keeps them in. */
export interface DrawnPair {
  readonly real: string;
  readonly generated: string;
  readonly files: { readonly real: string; readonly generated: string };
}

/** What is drawn from. */
export interface DrawOptions {
  readonly real: readonly string[];
  readonly generated: readonly string[];
  /** How many pairs; all that there are unless given. */
  readonly count?: number | undefined;
  /** How many there have to be. */
  readonly least: number;
  readonly seed: number;
}

/**
 * Pairs in random order: pictures of one name where the sets share names, else any; and how many pictures have no partner of their name. Throws RunError when
 * there are too few. Names of files are new each time, since whoever knew them could tell real from generated.
 */
export function drawPairs({ real, generated, count, least, seed }: DrawOptions): {
  readonly pairs: readonly DrawnPair[];
  readonly alone: number;
} {
  const stream = randomStream(seed, 'study');
  const shuffled = (names: readonly string[], step: number) => Array.from(stream.permutation(step, names.length), (at) => names[at] ?? '');
  const known = new Set(real);
  const shared = generated.filter((name) => known.has(name));
  const reals = shuffled(shared.length > 0 ? shared : real, 0);
  const fakes = shared.length > 0 ? reals : shuffled(generated, 1);
  const there = Math.min(reals.length, fakes.length);
  if (there < least) {
    const partners = shared.length > 0 ? ` of one name (of ${real.length} real and ${generated.length} generated pictures)` : '';
    const rename = shared.length > 0 ? ', or names that agree for all pictures or for none' : '';
    throw new RunError(
      `a study of ${least} pairs, practice included, needs as many; there are ${there}${partners}: give fewer --trials or --practice${rename}.`,
    );
  }
  const pairs = Array.from({ length: Math.min(there, Math.max(least, count ?? there)) }, (_, at) => ({
    real: reals[at] ?? '',
    generated: fakes[at] ?? '',
    files: { real: `${randomUUID()}.png`, generated: `${randomUUID()}.png` },
  }));
  return { pairs, alone: shared.length > 0 ? real.length + generated.length - 2 * shared.length : 0 };
}
