/** Distances and similarities of pictures at their edges. */
import { expect, it } from 'vitest';
import { accuracyWithin, MetricError, multiScaleSsim, pixelDistances, resample, ssim } from '../../src/index.ts';
import { altered, picture } from './golden/inputs.ts';

const size = { width: 40, height: 30, channels: 3 };

it('finds equal pictures equal', () => {
  const a = picture(1, size);
  expect(pixelDistances(a, a)).toEqual({ l1: 0, rmse: 0, psnr: Number.POSITIVE_INFINITY });
  expect(ssim(a, a)).toBeCloseTo(1, 12);
  expect(multiScaleSsim(a, a).value).toBeCloseTo(1, 12);
  expect(accuracyWithin(a, a, 1)).toBe(1);
});

it('does not depend on the unit of samples', () => {
  const a = picture(1, size);
  const b = altered(2, a);
  const scaled = [a, b].map((each) => ({ ...each, data: Float64Array.from(each.data, (value) => value / 255) })) as unknown as [
    typeof a,
    typeof b,
  ];
  expect(ssim(...scaled, { peak: 1 })).toBeCloseTo(ssim(a, b), 12);
  expect(pixelDistances(...scaled, { peak: 1 }).psnr).toBeCloseTo(pixelDistances(a, b).psnr, 12);
  expect(pixelDistances(...scaled, { peak: 1 }).l1 * 255).toBeCloseTo(pixelDistances(a, b).l1, 12);
});

it('counts a pixel as right only when all channels are', () => {
  const black = { width: 2, height: 1, channels: 3, data: [0, 0, 0, 0, 0, 0] };
  expect(accuracyWithin(black, { ...black, data: [4, 4, 4, 4, 5, 4] }, 5)).toBe(0.5);
});

it('refuses other and small sizes', () => {
  const a = picture(1, size);
  const gray = picture(1, { ...size, channels: 1 });
  for (const measure of [pixelDistances, ssim, multiScaleSsim]) {
    expect(() => measure(a, gray)).toThrow(/one size, got 40x30, 3 channels and 40x30, 1 channel/);
    expect(() => measure(a, gray)).toThrow(MetricError);
  }
  const small = picture(1, { ...size, height: 10 });
  expect(() => ssim(small, small)).toThrow(/at least 11 x 11 pixels, got 40x10/);
});

it('leaves a picture of the right size alone, and a constant one constant', () => {
  const a = picture(1, size);
  expect(resample(a, { ...size, interpolation: 'bicubic' })).toBe(a);
  const flat = { ...size, data: new Uint8Array(40 * 30 * 3).fill(77) };
  for (const interpolation of ['nearest', 'bilinear', 'bicubic'] as const)
    expect(resample(flat, { width: 91, height: 7, interpolation }).data).toEqual(new Float32Array(91 * 7 * 3).fill(77));
});
