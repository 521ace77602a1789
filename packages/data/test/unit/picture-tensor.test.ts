import { f32, i32 } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { composeGrid, loadPictureTensor, PictureError, pictureToTensor, tensorToPicture } from '../../src/index.ts';
import { rgb, samples } from './fixtures.ts';

describe('pictureToTensor', () => {
  it('separates the channels and maps 0 .. 255 to [-1, 1]', () => {
    const tensor = pictureToTensor({ width: 2, height: 1, channels: 3, data: new Uint8Array([0, 51, 255, 255, 0, 102]) });
    expect(tensor).toMatchObject({ shape: [1, 3, 1, 2], dtype: 'f32' });
    expect([...tensor.data]).toEqual([-1, 1, -0.6, -1, 1, -0.2].map(Math.fround));
  });

  it.each([1, 3, 4] as const)('comes back from a tensor of %d channels unchanged', (channels) => {
    const picture = { width: 8, height: 32 * (3 / channels), channels, data: Uint8Array.from({ length: 768 }, (_, index) => index % 256) };
    expect(tensorToPicture(pictureToTensor(picture))).toEqual(picture);
  });
});

describe('tensorToPicture', () => {
  it('rounds, clamps, and shows NaN black', () => {
    const tensor = f32([1, 1, 6], [-3, 7, 0.0039, -0.0118, Number.NaN, -0.999]);
    expect([...tensorToPicture(tensor).data]).toEqual([0, 255, 128, 126, 0, 0]);
  });

  it('takes the picture asked for out of a batch', () => {
    const batch = f32([2, 1, 1, 2], [-1, -1, 1, -1]);
    expect([...tensorToPicture(batch, 1).data]).toEqual([255, 0]);
    expect(() => tensorToPicture(batch, 2)).toThrow(/no picture 2 in a batch of 2/);
  });

  it.each([f32([1, 2, 1, 1], [0, 0]), f32([1], [0]), i32([1, 1, 1], [0])])('refuses another kind of tensor', (tensor) => {
    expect(() => tensorToPicture(tensor)).toThrow(PictureError);
  });
});

describe('loadPictureTensor', () => {
  it('resizes without cropping', async () => {
    const png = await rgb(20, 10, new Uint8Array(600).fill(255)).png().toBuffer();
    const tensor = await loadPictureTensor(png, { channels: 1, height: 12, width: 8 });
    expect(tensor).toEqual(f32([1, 1, 12, 8], new Float32Array(96).fill(1)));
  });
});

describe('composeGrid', () => {
  const white = f32([1, 1, 2, 3], new Float32Array(6).fill(1));
  const black = f32([3, 2, 3], new Float32Array(18).fill(-1));

  it('lays cells out with a gap, gray as RGB, missing ones white', () => {
    const grid = composeGrid([[black, white], [black]]);
    expect(grid).toMatchObject({ width: 3 + 2 + 3, height: 2 + 2 + 2, channels: 3 });
    const rows = Array.from({ length: 6 }, (_, y) =>
      Array.from({ length: 8 }, (_, x) => (grid.data[(y * 8 + x) * 3] === 0 ? '#' : '.')).join(''),
    );
    expect(rows).toEqual(['###.....', '###.....', '........', '........', '###.....', '###.....']);
  });

  it('keeps the samples of a cell and blends alpha with white', () => {
    const picture = { width: 2, height: 2, channels: 3, data: samples(2, 2) } as const;
    expect(composeGrid([[pictureToTensor(picture)]])).toEqual(picture);
    const half = pictureToTensor({ width: 1, height: 1, channels: 4, data: new Uint8Array([0, 0, 0, 51]) });
    expect([...composeGrid([[half]]).data]).toEqual([204, 204, 204]);
  });

  it('refuses to be empty', () => {
    expect(() => composeGrid([])).toThrow(/at least one tensor/);
    expect(() => composeGrid([[], []])).toThrow(PictureError);
  });
});
