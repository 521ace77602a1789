import { type CycleGanConfig, cycleGanModel, f32, type HostTensor, type Sample } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { tensorsOf } from '../../src/train/picture-tensors.ts';
import { type ViewKind, viewsOf } from '../../src/train/picture-views.ts';

const SIZE = 4;

/** Two plain pictures, each value a channel of its own. */
const plain = (channels: number, ...values: readonly [number, number]): HostTensor =>
  f32(
    [2, channels, SIZE, SIZE],
    Float32Array.from({ length: 2 * channels * SIZE * SIZE }, (_, at) => values[Math.floor(at / (channels * SIZE * SIZE))] ?? 0),
  );

const SAMPLE: Sample = {
  batch: { A: plain(1, 0, 0.5), B: plain(3, -1, 1) },
  pictures: { fakeB: plain(3, 0.1, 0.2), recA: plain(1, 0.25, 0.5), fakeA: plain(1, 0.3, 0.4), recB: plain(3, -1, 0) },
  patches: { realA: plain(1, 1, 0), fakeA: plain(1, 0, 0.5), realB: plain(1, 1, 1), fakeB: plain(1, 0.25, 0.75) },
};

const PIXEL = { kind: 'pixel', filters: 2, norm: 'none' } as const;
const MODEL: CycleGanConfig = cycleGanModel({ height: SIZE, width: SIZE, channels: { A: 1, B: 3 }, discriminator: PIXEL });

describe('tensorsOf', () => {
  it('are of one picture, of both networks that see it', () => {
    const firstOf = (tensors: object) => Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, data[0]]));
    const close = (values: object) => Object.fromEntries(Object.entries(values).map(([name, value]) => [name, Math.fround(value)]));
    expect(firstOf(tensorsOf(SAMPLE, 'A', 1))).toEqual(close({ real: 0.5, fake: 0.2, rec: 0.5, patchReal: 0, patchFake: 0.75 }));
    expect(firstOf(tensorsOf(SAMPLE, 'B', 0))).toEqual(close({ real: -1, fake: 0.3, rec: -1, patchReal: 1, patchFake: 0 }));
    const { real, fake, patchFake } = tensorsOf(SAMPLE, 'A', 0);
    expect([real, fake, patchFake].map((tensor) => tensor?.shape)).toEqual([
      [1, 1, SIZE, SIZE],
      [1, 3, SIZE, SIZE],
      [1, 1, SIZE, SIZE],
    ]);
    const idt = { ...SAMPLE, patches: {}, pictures: { idtA: plain(3, 0.5, 0), idtB: plain(1, 0.25, 0) } };
    expect([firstOf(tensorsOf(idt, 'A', 0)), firstOf(tensorsOf(idt, 'B', 0))]).toEqual([
      { real: 0, idt: 0.25 },
      { real: -1, idt: 0.5 },
    ]);
  });
});

describe('viewsOf', () => {
  const viewed = (sample: Sample, side: 'A' | 'B', index: number, visuals: 'basic' | 'all') =>
    viewsOf(tensorsOf(sample, side, index), side, { model: MODEL, visuals, bitDepth: 8 });
  const kinds = (...given: Parameters<typeof viewed>) => viewed(...given).map(({ kind }) => kind);

  it('show what is made of a picture, with all also what is wrong with it', () => {
    expect(kinds(SAMPLE, 'A', 0, 'basic')).toEqual(['real', 'fake', 'rec']);
    expect(kinds(SAMPLE, 'A', 0, 'all')).toEqual(['real', 'fake', 'rec', 'recDifference', 'patchReal', 'patchFake']);
    expect(kinds({ ...SAMPLE, pictures: {}, patches: {} }, 'B', 0, 'all')).toEqual(['real']);
  });

  it('have scores: the share of the range that differs, and how real patches are judged', () => {
    const scores = new Map<ViewKind, number | undefined>(viewed(SAMPLE, 'A', 0, 'all').map(({ kind, score }) => [kind, score]));
    expect(Object.fromEntries(scores)).toEqual({ recDifference: 0.125, patchReal: 1, patchFake: 0.25 });
  });

  it('lay judgements over what they are of', () => {
    const [, fake, , , , patchFake] = viewed(SAMPLE, 'A', 0, 'all');
    const pixel = (data: ArrayLike<number> | undefined) => Array.from(data ?? []).slice(0, 3);
    const colour = Math.round((0.1 + 1) * 127.5);
    expect(pixel(fake?.picture.data)).toEqual([colour, colour, colour]);
    // judged 0.25: half as sure as can be that it is fake
    const tinted = [213, 94, 0].map((channel) => Math.round(0.65 * colour + 0.35 * channel));
    expect(pixel(patchFake?.picture.data)).toEqual(tinted);
  });

  it('keep the bits of a sample', () => {
    const [real] = viewsOf(tensorsOf(SAMPLE, 'B', 1), 'B', { model: MODEL, visuals: 'basic', bitDepth: 16 });
    expect(real?.picture.data).toBeInstanceOf(Uint16Array);
  });
});
