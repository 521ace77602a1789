/**
 * Counter-based random numbers: every draw is a pure function of (seed, stream, step, index), so that it is the same on every
 * backend, in any order, and after a resume. The generator is Philox 4x32-10 (Salmon et al., "Parallel random numbers: as easy
 * as 1, 2, 3", SC 2011).
 */

/** Words of a Philox counter or of the block it maps to. */
type Block = readonly [number, number, number, number];

const MULTIPLIER_0 = 0xd2511f53;
const MULTIPLIER_1 = 0xcd9e8d57;
const WEYL_0 = 0x9e3779b9;
const WEYL_1 = 0xbb67ae85;
const ROUNDS = 10;
const TWO_32 = 2 ** 32;

/** High 32 bits of the product of two unsigned 32-bit integers, from products of 16-bit halves. */
function multiplyHigh(a: number, b: number): number {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const cross = aHigh * bLow + ((aLow * bLow) >>> 16);
  const middle = aLow * bHigh + (cross & 0xffff);
  return aHigh * bHigh + (cross >>> 16) + (middle >>> 16);
}

/** The Philox 4x32-10 bijection: maps a counter of four 32-bit words to four random ones under a key of two. */
export function philox4x32(counter: Block, key: readonly [number, number]): Block {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < ROUNDS; round++) {
    const high0 = multiplyHigh(MULTIPLIER_0, c0);
    const high1 = multiplyHigh(MULTIPLIER_1, c2);
    const low0 = Math.imul(MULTIPLIER_0, c0);
    const low1 = Math.imul(MULTIPLIER_1, c2);
    c0 = (high1 ^ c1 ^ k0) >>> 0;
    c1 = low1;
    c2 = (high0 ^ c3 ^ k1) >>> 0;
    c3 = low0;
    k0 = (k0 + WEYL_0) | 0;
    k1 = (k1 + WEYL_1) | 0;
  }
  return [c0, c1 >>> 0, c2, c3 >>> 0];
}

/**
 * Random numbers of one purpose. `step` (up to 2^53) and `index` (up to 2^32) count from 0. A stream is drawn from in one way:
 * `bits`, `uniform`, `integer` and `permutation` read the same words, and so does `normal`.
 */
export interface RandomStream {
  /** 32 random bits as an unsigned integer. */
  bits(step: number, index: number): number;
  /** Uniform in [0, 1), a multiple of 2^-32. */
  uniform(step: number, index: number): number;
  /** Uniform in 0 .. bound - 1, for bounds up to 2^32; the bias is below bound / 2^32. */
  integer(step: number, index: number, bound: number): number;
  /** Standard normal; draws of different indices are independent. */
  normal(step: number, index: number): number;
  /** The normals of indices 0 .. length - 1, faster than one by one. */
  normals(step: number, length: number): Float64Array;
  /** The numbers 0 .. length - 1 in random order (Fisher and Yates). */
  permutation(step: number, length: number): Uint32Array;
}

/**
 * The stream named `stream` under `seed`, an integer from 0 to 2^53 - 1; throws RangeError for another. Streams in use:
 * `init/<variable>`, `shuffle`, `pair`, `crop`, `flip`, `dropout`, `pool`, `penalty`, `town/<purpose>`.
 *
 * @example
 * const flip = randomStream(42, 'flip').bits(step, 0) % 2 === 1;
 */
export function randomStream(seed: number, stream: string): RandomStream {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new RangeError(`seed: expected an integer from 0 to 2^53 - 1, got ${seed}.`);
  }
  const key = [seed >>> 0, Math.floor(seed / TWO_32)] as const;
  const name = hash32(stream);
  const blockOf = rememberingLast((block, step) => philox4x32([block >>> 0, step >>> 0, Math.floor(step / TWO_32), name], key));
  const bits = (step: number, index: number): number => blockOf(index >>> 2, step)[index & 3] ?? 0;
  const uniform = (step: number, index: number): number => bits(step, index) / TWO_32;
  const integer = (step: number, index: number, bound: number): number => Math.floor(uniform(step, index) * bound);
  return {
    bits,
    uniform,
    integer,
    normal: (step, index) => normalOf(blockOf(index >>> 1, step), index & 1),
    normals: (step, length) => {
      const drawn = new Float64Array(length);
      for (let index = 0; index < length; index += 2) {
        const block = philox4x32([index >>> 1, step >>> 0, Math.floor(step / TWO_32), name], key);
        const radius = radiusOf(block);
        const angle = angleOf(block);
        drawn[index] = radius * Math.cos(angle);
        if (index + 1 < length) drawn[index + 1] = radius * Math.sin(angle);
      }
      return drawn;
    },
    permutation: (step, length) => shuffled(length, (index) => integer(step, index, index + 1)),
  };
}

/** Neighbouring indices share a block: keep the last one, which no caller can notice but by its speed. */
function rememberingLast(compute: (block: number, step: number) => Block): (block: number, step: number) => Block {
  let lastBlock = Number.NaN;
  let lastStep = Number.NaN;
  let last: Block = [0, 0, 0, 0];
  return (block, step) => {
    if (block !== lastBlock || step !== lastStep) {
      last = compute(block, step);
      lastBlock = block;
      lastStep = step;
    }
    return last;
  };
}

/** One of the two standard normals that a block gives (Box and Muller), from two uniforms of 53 bits. */
function normalOf(block: Block, half: number): number {
  const angle = angleOf(block);
  return radiusOf(block) * (half === 0 ? Math.cos(angle) : Math.sin(angle));
}

function radiusOf([w0, w1]: Block): number {
  // 1 - u lies in (0, 1], so that its logarithm is finite
  return Math.sqrt(-2 * Math.log(1 - uniform53(w0, w1)));
}

function angleOf([, , w2, w3]: Block): number {
  return 2 * Math.PI * uniform53(w2, w3);
}

/** Uniform in [0, 1) with 53 bits: 27 of the first word, 26 of the second. */
function uniform53(high: number, low: number): number {
  return ((high >>> 5) * 0x4000000 + (low >>> 6)) * 2 ** -53;
}

/** Fisher and Yates: position `index` takes one of the elements 0 .. index that `choose` picks. */
function shuffled(length: number, choose: (index: number) => number): Uint32Array {
  const order = Uint32Array.from({ length }, (_, position) => position);
  for (let index = length - 1; index > 0; index--) {
    const chosen = choose(index);
    const kept = order[index] ?? 0;
    order[index] = order[chosen] ?? 0;
    order[chosen] = kept;
  }
  return order;
}

/** FNV-1a over UTF-16 code units: tells stream names apart; Philox does the mixing. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let position = 0; position < text.length; position++) {
    hash = Math.imul(hash ^ text.charCodeAt(position), 0x01000193);
  }
  return hash >>> 0;
}
