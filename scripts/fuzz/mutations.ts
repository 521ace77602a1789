/** Damaging files: what disks, networks, other programs and malice do to bytes. The same number always does the same. */
import { randomStream } from '@cyclegan/core';
import type { Seed } from './target.ts';

/** Draws a whole number from 0 to below `bound`. */
type Draw = (bound: number) => number;
type Mutation = (bytes: Uint8Array, draw: Draw, others: readonly Seed[]) => Uint8Array;

/** Numbers at which lengths and extents overflow or vanish. */
const EXTREMES = [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x10000, 0x7fffffff, 0x80000000, 0xfffffffe, 0xffffffff] as const;
const MOST_MUTATIONS = 3;
const HEAD = 128;

/** A place in a file; half of the time in its head, where the numbers are that others depend on. */
function place(bytes: Uint8Array, draw: Draw): number {
  return draw(draw(2) === 0 ? Math.min(HEAD, bytes.length) : bytes.length);
}

function spanIn(bytes: Uint8Array, draw: Draw): readonly [start: number, end: number] {
  const start = place(bytes, draw);
  return [start, Math.min(bytes.length, start + 1 + draw(2 ** draw(12)))];
}

function spanAt(start: number): [start: number, end: number] {
  return [start, start + 1];
}

function join(...parts: readonly Uint8Array[]): Uint8Array {
  return Uint8Array.from(Buffer.concat(parts));
}

/** Writes a number of 1, 2, 4 or 8 bytes, either end first. */
function overwrite(bytes: Uint8Array, draw: Draw): Uint8Array {
  const result = bytes.slice();
  const width = 2 ** draw(4);
  const value = BigInt(EXTREMES[draw(EXTREMES.length)] ?? 0);
  const start = place(bytes, draw);
  const bigEndian = draw(2) === 0;
  for (let at = 0; at < width && start + at < result.length; at++) {
    const shift = 8 * (bigEndian ? width - 1 - at : at);
    result[start + at] = Number((value >> BigInt(shift)) & 0xffn);
  }
  return result;
}

const MUTATIONS: readonly Mutation[] = [
  (bytes, draw) => {
    const result = bytes.slice();
    const at = place(bytes, draw);
    result[at] = (result[at] ?? 0) ^ (1 << draw(8));
    return result;
  },
  (bytes, draw) => bytes.slice().fill(draw(256), ...spanAt(place(bytes, draw))),
  overwrite,
  (bytes, draw) => bytes.slice(0, draw(bytes.length)),
  (bytes, draw) => {
    const [start, end] = spanIn(bytes, draw);
    return join(bytes.subarray(0, start), bytes.subarray(end));
  },
  (bytes, draw) => {
    const [start, end] = spanIn(bytes, draw);
    return join(bytes.subarray(0, end), bytes.subarray(start));
  },
  (bytes, draw) => {
    const [start, end] = spanIn(bytes, draw);
    return bytes.slice().fill(draw(256), start, end);
  },
  (bytes, draw, others) => {
    const other = others[draw(others.length)]?.bytes ?? bytes;
    return join(bytes.subarray(0, draw(bytes.length)), other.subarray(draw(other.length)));
  },
];

/** Case `number` under `seed`: which file it starts from, and what becomes of it. */
export function mutated(seeds: readonly Seed[], { seed, number }: { readonly seed: number; readonly number: number }): Seed {
  const { integer } = randomStream(seed, 'fuzz');
  let drawn = 0;
  const draw: Draw = (bound) => integer(number, drawn++, Math.max(1, bound));
  const origin = seeds[draw(seeds.length)] ?? { name: 'nothing', bytes: new Uint8Array() };
  // a Buffer's slice would share its memory with the seed
  let bytes: Uint8Array = Uint8Array.from(origin.bytes);
  for (let left = 1 + draw(MOST_MUTATIONS); left > 0 && bytes.length > 0; left--) {
    bytes = MUTATIONS[draw(MUTATIONS.length)]?.(bytes, draw, seeds) ?? bytes;
  }
  return { name: origin.name, bytes: origin.wrap?.(bytes) ?? bytes };
}
