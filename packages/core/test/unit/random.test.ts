import { describe, expect, it } from 'vitest';
import { philox4x32, randomStream } from '../../src/random.ts';

const hex = (words: readonly number[]): string => words.map((word) => word.toString(16).padStart(8, '0')).join(' ');
const count = (length: number): number[] => Array.from({ length }, (_, index) => index);

/** Mean and variance of values. */
function moments(values: readonly number[]): { mean: number; variance: number } {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return { mean, variance };
}

describe('philox4x32', () => {
  it.each([
    [[0, 0, 0, 0], [0, 0], '6627e8d5 e169c58d bc57ac4c 9b00dbd8'],
    [[0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff], [0xffffffff, 0xffffffff], '408f276d 41c83b0e a20bc7c6 6d5451fd'],
    [[0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344], [0xa4093822, 0x299f31d0], 'd16cfe09 94fdcceb 5001e420 24126ea1'],
  ] as const)("agrees with Random123's known answers for counter %j", (counter, key, expected) => {
    expect(hex(philox4x32(counter, key))).toBe(expected);
  });
});

describe('randomStream', () => {
  it('is a pure function of seed, stream, step and index', () => {
    const stream = randomStream(7, 'crop');
    const forwards = count(40).map((index) => stream.bits(3, index));
    const backwards = count(40)
      .reverse()
      .map((index) => randomStream(7, 'crop').bits(3, index))
      .reverse();
    expect(backwards).toEqual(forwards);
  });

  it('reads the block of the documented counter and key', () => {
    const seed = 5 * 2 ** 32 + 9;
    const step = 3 * 2 ** 32 + 4;
    const emptyName = 0x811c9dc5;
    const block = philox4x32([6, 4, 3, emptyName], [9, 5]);
    expect(count(4).map((word) => randomStream(seed, '').bits(step, 24 + word))).toEqual(block);
  });

  it('changes with both words of the seed, the stream, both words of the step, and the index', () => {
    const draws = [
      randomStream(1, 'flip').bits(0, 0),
      randomStream(2, 'flip').bits(0, 0),
      randomStream(1 + 2 ** 32, 'flip').bits(0, 0),
      randomStream(Number.MAX_SAFE_INTEGER, 'flip').bits(0, 0),
      randomStream(1, 'crop').bits(0, 0),
      randomStream(1, 'flip').bits(1, 0),
      randomStream(1, 'flip').bits(2 ** 32, 0),
      randomStream(1, 'flip').bits(0, 1),
      randomStream(1, 'flip').bits(0, 4),
    ];
    expect(new Set(draws).size).toBe(draws.length);
  });

  it('tells apart the streams of every variable of a model', () => {
    const streams = ['genAB', 'genBA', 'discA', 'discB'].flatMap((net) =>
      count(60).flatMap((block) => ['conv0', 'conv1', 'norm0', 'norm1'].map((layer) => `init/${net}/block${block}/${layer}/weight`)),
    );
    expect(new Set(streams.map((stream) => randomStream(0, stream).bits(0, 0))).size).toBe(streams.length);
  });

  it.each([-1, 0.5, 2 ** 53, Number.NaN])('refuses the seed %d', (seed) => {
    expect(() => randomStream(seed, 'crop')).toThrow(/seed: expected an integer from 0 to 2\^53 - 1/);
  });

  it('draws uniforms in [0, 1) with the right moments', () => {
    const { uniform } = randomStream(11, 'dropout');
    const values = count(40_000).map((index) => uniform(2, index));
    const { mean, variance } = moments(values);
    expect(values.every((value) => value >= 0 && value < 1)).toBe(true);
    expect(mean).toBeCloseTo(0.5, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
  });

  it('draws integers evenly from 0 .. bound - 1', () => {
    const { integer } = randomStream(3, 'pair');
    const seen = new Uint32Array(10);
    for (const step of count(20_000)) {
      const value = integer(step, 0, 10);
      seen[value] = (seen[value] ?? 0) + 1;
    }
    // Chi-square with 9 degrees of freedom: 27.9 is its 99.9th percentile.
    const chiSquare = seen.reduce((sum, found) => sum + (found - 2000) ** 2 / 2000, 0);
    expect(chiSquare).toBeLessThan(27.9);
    expect(integer(0, 0, 1)).toBe(0);
  });

  it('draws standard normals, neighbours being independent', () => {
    const { normal } = randomStream(5, 'init/genAB/stem/conv/weight');
    const values = count(40_000).map((index) => normal(0, index));
    const { mean, variance } = moments(values);
    const within = values.filter((value) => Math.abs(value) < 1).length / values.length;
    const pairs = values.slice(1).map((value, index) => value * (values[index] ?? 0));
    expect(Math.abs(mean)).toBeLessThan(0.02);
    expect(Math.abs(variance - 1)).toBeLessThan(0.03);
    expect(within).toBeCloseTo(0.6827, 2);
    expect(Math.abs(moments(pairs).mean)).toBeLessThan(0.02);
  });

  it('draws the same normals all at once', () => {
    const { normal, normals } = randomStream(5, 'init/genAB/stem/conv/weight');
    for (const length of [0, 1, 7]) expect([...normals(3, length)]).toEqual(count(length).map((index) => normal(3, index)));
  });

  it('permutes: every number once, each place equally likely, another order each step', () => {
    const { permutation } = randomStream(1, 'shuffle');
    expect([...permutation(0, 100)].sort((a, b) => a - b)).toEqual(count(100));
    expect(permutation(0, 100)).not.toEqual(permutation(1, 100));
    expect([...permutation(4, 0), ...permutation(4, 1)]).toEqual([0]);
    const firsts = count(12_000).filter((step) => permutation(step, 3)[0] === 2).length;
    expect(firsts / 12_000).toBeCloseTo(1 / 3, 1);
  });
});
