/** Samples as the report tells them: paths from its page, where pictures come from, numbers in short, and what looks wrong. */
import { join } from 'node:path';
import { f32 } from '@cyclegan/core';
import { expect, it } from 'vitest';
import { toldSample, toldWarnings } from '../../../src/report/told-sample.ts';
import { RunFolder } from '../../../src/runs/run-folder.ts';
import type { SavedSample } from '../../../src/train/observer.ts';

const tensors = { real: f32([1, 1, 1, 1], [0]) };
const folder = new RunFolder(join('runs', 'one'));
const sample: SavedSample = {
  kind: 'sample',
  step: 500,
  last: { batch: { A: tensors.real, B: tensors.real }, pictures: {}, patches: {} },
  path: folder.sample(500),
  fixed: [{ side: 'A', name: 'sub/x.png', from: 'train', tensors, paths: { real: 'samples/fixed/A-1/real.png' }, scores: {} }],
  lastPictures: [{ side: 'B', tensors, paths: { real: 'samples/last/real.png' }, scores: { patchReal: 0.123456 } }],
  warnings: [{ kind: 'collapsed', side: 'B', title: 'All the same', why: 'They differ by 0.', remedies: ['--lambda-a 20'] }],
};

it('tells pictures by their paths from the page', () => {
  expect(toldSample(sample, folder)).toEqual({
    step: 500,
    grid: 'samples/step-000500.png',
    pictures: [
      { side: 'A', name: 'sub/x.png', from: 'train', paths: { real: 'samples/fixed/A-1/real.png' }, scores: {} },
      { side: 'B', from: 'last batch', paths: { real: 'samples/last/real.png' }, scores: { patchReal: 0.123 } },
    ],
  });
});

it('tells warnings with the step that they are of', () => {
  const list = [{ title: 'All the same', why: 'They differ by 0.', remedies: ['--lambda-a 20'] }];
  expect(toldWarnings(sample)).toEqual({ step: 500, list });
});
