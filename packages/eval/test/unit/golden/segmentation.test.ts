/** Confusion matrices and nearest colours are exactly those of scikit-learn and scipy. */
import { expect, it } from 'vitest';
import {
  CITYSCAPES_PALETTE,
  confusionOf,
  generatedClasses,
  nearestClasses,
  segmentationScores,
  sumConfusions,
  VOID,
} from '../../../src/index.ts';
import { golden, integers, uniforms } from './inputs.ts';

interface Golden {
  readonly confusion: readonly number[];
  readonly ignored: number;
  readonly perPixel: number;
  readonly accuracies: readonly number[];
  readonly ious: readonly number[];
  readonly zero: { readonly perClass: number; readonly iou: number };
  readonly ignore: { readonly perClass: number; readonly iou: number };
  readonly nearest: readonly number[];
  readonly nearestOrVoid: readonly number[];
  readonly nearestWithin30: readonly number[];
}

const expected = golden<Golden>('segmentation');
const CLASSES = 6;

function maps() {
  const [drawn, guessed, agree] = [integers(1, 1200, CLASSES + 1), integers(2, 1200, CLASSES), uniforms(3, 1200)];
  const classes = drawn.map((each) => (each === 4 ? 3 : each));
  const truth = Uint8Array.from(classes, (each) => (each === CLASSES ? VOID : each));
  const predicted = Uint8Array.from(guessed, (each, at) => ((agree[at] ?? 0) < 0.6 && truth[at] !== VOID ? (truth[at] ?? 0) : each));
  return { truth: { width: 40, height: 30, data: truth }, predicted: { width: 40, height: 30, data: predicted } };
}

it('counts as scikit-learn does, void left out', () => {
  const { truth, predicted } = maps();
  const confusion = confusionOf(truth, predicted, CLASSES);
  expect([...confusion.counts]).toEqual(expected.confusion);
  expect(confusion.ignored).toBe(expected.ignored);
  expect([...sumConfusions([confusion, confusion], [0, 1, 1]).counts]).toEqual(expected.confusion.map((count) => 3 * count));
});

it.each(['zero', 'ignore'] as const)('scores absent classes by the rule %s', (absent) => {
  const { truth, predicted } = maps();
  const scores = segmentationScores(confusionOf(truth, predicted, CLASSES), { absent });
  expect(scores.perPixel).toBeCloseTo(expected.perPixel, 14);
  expect(scores.perClass).toBeCloseTo(expected[absent].perClass, 14);
  expect(scores.iou).toBeCloseTo(expected[absent].iou, 14);
  expect(scores.classes.map(({ accuracy }) => accuracy)).toEqual(expected.accuracies.map((value) => expect.closeTo(value, 14)));
  expect(scores.classes.map(({ iou }) => iou)).toEqual(expected.ious.map((value) => expect.closeTo(value, 14)));
});

it('takes the nearest colour, or none within a distance', () => {
  const [noise, chosen, offsets] = [integers(4, 1500, 256), integers(5, 500, 19), integers(6, 1500, 61)];
  const near = (at: number) => (CITYSCAPES_PALETTE.classes[chosen[Math.floor(at / 3)] ?? 0]?.rgb[at % 3] ?? 0) + (offsets[at] ?? 0) - 30;
  const clipped = (value: number) => Math.max(0, Math.min(255, value));
  const data = Uint8Array.from(noise, (value, at) => (Math.floor(at / 3) % 2 === 0 ? clipped(near(at)) : value));
  const picture = { width: 25, height: 20, channels: 3, data };
  expect([...generatedClasses(picture, CITYSCAPES_PALETTE).data]).toEqual(expected.nearest);
  expect([...nearestClasses(picture, CITYSCAPES_PALETTE).data]).toEqual(expected.nearestOrVoid);
  expect([...nearestClasses(picture, CITYSCAPES_PALETTE, { voidDistance: 30 }).data]).toEqual(expected.nearestWithin30);
});
