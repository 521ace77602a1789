/** Distances and similarities of pictures are those of scikit-image and of a second implementation in NumPy; resampling is Pillow's. */
import { expect, it } from 'vitest';
import { accuracyWithin, type Interpolation, multiScaleSsim, pixelDistances, resample, ssim } from '../../../src/index.ts';
import { altered, golden, picture } from './inputs.ts';

interface PictureCase {
  readonly seed: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly l1: number;
  readonly rmse: number;
  readonly psnr: number;
  readonly ssim: number;
  readonly msSsim: number;
  readonly scales: number;
  readonly within: Readonly<Record<string, number>>;
}

const { cases } = golden<{ readonly cases: readonly PictureCase[] }>('pictures');

it.each(cases)('measures pictures of $width x $height, $channels channels', (expected) => {
  const a = picture(expected.seed, expected);
  const b = altered(expected.seed + 1, a);
  const { l1, rmse, psnr } = pixelDistances(a, b);
  expect([l1, rmse, psnr]).toEqual([expected.l1, expected.rmse, expected.psnr].map((value) => expect.closeTo(value, 9)));
  expect(ssim(a, b)).toBeCloseTo(expected.ssim, 9);
  const { value, scales } = multiScaleSsim(a, b);
  expect(value).toBeCloseTo(expected.msSsim, 9);
  expect(scales).toBe(expected.scales);
  for (const [tolerance, share] of Object.entries(expected.within)) expect(accuracyWithin(a, b, Number(tolerance))).toBe(share);
});

interface ResampleCase {
  readonly filter: Interpolation;
  readonly width: number;
  readonly height: number;
  readonly values: readonly number[];
}

const resampled = golden<{ readonly cases: readonly ResampleCase[] }>('resampling').cases;

it.each(resampled)('resamples to $width x $height, $filter', ({ filter, width, height, values }) => {
  const source = picture(41, { height: 9, width: 11, channels: 1 });
  const found = resample(source, { width, height, interpolation: filter });
  expect(Array.from(found.data)).toEqual(values.map((value) => expect.closeTo(value, 3)));
});
