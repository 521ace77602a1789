import { describe, expect, it } from 'vitest';
import { type Preprocess, resizedSize, type Size } from '../../src/index.ts';
import { unfitness } from '../../src/preprocess.ts';

const sizes = { height: 256, width: 256, loadSize: { height: 286, width: 286 } };

describe('resizedSize', () => {
  // width and height, written down from get_transform of the reference's data/base_dataset.py with load size 286 and crop size 256
  it.each<[Preprocess, own: [number, number], resized: [number, number]]>([
    ['resize-and-crop', [600, 400], [286, 286]],
    ['crop', [600, 400], [600, 400]],
    ['scale-width', [572, 800], [286, 400]],
    ['scale-width', [600, 400], [286, 256]],
    ['scale-width', [1000, 899], [286, 257]],
    ['scale-width-and-crop', [100, 333], [286, 952]],
    ['scale-width-and-crop', [286, 300], [286, 300]],
    ['none', [600, 400], [600, 400]],
    ['none', [601, 403], [600, 404]],
    ['none', [602, 406], [600, 408]],
    ['none', [2, 1], [0, 0]],
  ])('%s: %j becomes %j', (preprocess, [width, height], [wide, high]) => {
    expect(resizedSize({ width, height }, { preprocess, ...sizes })).toEqual({ width: wide, height: high });
  });

  it('keeps the height of scale-width at the training height or more, other than the width', () => {
    const how = { preprocess: 'scale-width-and-crop', height: 32, loadSize: { height: 0, width: 64 } } as const;
    expect(resizedSize({ width: 128, height: 32 }, how)).toEqual({ width: 64, height: 32 });
    expect(resizedSize({ width: 128, height: 90 }, how)).toEqual({ width: 64, height: 45 });
  });
});

describe('unfitness', () => {
  const of = (preprocess: Preprocess, own: Size) => unfitness(own, { preprocess, ...sizes });

  it('is said of pictures smaller than the crop, and of those that vanish', () => {
    expect(of('crop', { width: 256, height: 255 })).toBe('256x255 is too small for crops of 256x256');
    expect(of('crop', { width: 256, height: 256 })).toBeUndefined();
    expect(of('none', { width: 1, height: 400 })).toBe('1x400 is too small');
    expect(of('none', { width: 3, height: 3 })).toBeUndefined();
    expect(of('resize-and-crop', { width: 1, height: 1 })).toBeUndefined();
    expect(of('scale-width-and-crop', { width: 9000, height: 1 })).toBeUndefined();
  });
});
