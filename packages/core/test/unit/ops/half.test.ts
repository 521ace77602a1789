/** f16 numbers and their bits, as tests of backends use them. */
import { describe, expect, it } from 'vitest';
import { add, trace, verify } from '../../../src/index.ts';
import { fromHalfBits, inHalf, roundToHalf, toHalfBits } from '../../../src/testing/index.ts';

describe('half precision', () => {
  it('has the bits of IEEE 754', () => {
    const known = { 0: 0, 1: 0x3c00, '-2': 0xc000, 65504: 0x7bff, Infinity: 0x7c00, [2 ** -14]: 0x0400, [2 ** -24]: 0x0001 };
    for (const [value, bits] of Object.entries(known)) expect(toHalfBits(Number(value)), value).toBe(bits);
    expect(toHalfBits(-0)).toBe(0x8000);
  });

  it('gives every bit pattern its number and every number its bits', () => {
    const all = Array.from({ length: 2 ** 16 }, (_, bits) => bits).filter((bits) => !Number.isNaN(fromHalfBits(bits)));
    expect(all).toHaveLength(2 ** 16 - 2 * (2 ** 10 - 1));
    expect(all.filter((bits) => toHalfBits(fromHalfBits(bits)) !== bits)).toEqual([]);
    expect(all.filter((bits) => !Object.is(roundToHalf(fromHalfBits(bits)), fromHalfBits(bits)))).toEqual([]);
  });

  it('rounds to the nearest number, of two to the even one, and overflows to infinity', () => {
    const cases = [
      [2049, 2048],
      [2051, 2052],
      [1 / 3, 0.333251953125],
      [65519, 65504],
      [65520, Number.POSITIVE_INFINITY],
      [-1e6, Number.NEGATIVE_INFINITY],
      [2 ** -25, 0],
      [1.5 * 2 ** -24, 2 ** -23],
    ];
    for (const [value, rounded] of cases) expect(roundToHalf(value as number), String(value)).toBe(rounded);
  });

  it('takes the place of f32 in a graph', () => {
    const graph = inHalf(trace((t) => t.output('y', add(t.input('x', [2]), 1))));
    verify(graph);
    expect(graph.nodes.map(({ op, outputs }) => `${op} ${outputs[0]?.dtype}`)).toEqual(['input f16', 'constant f16', 'add f16']);
  });
});
