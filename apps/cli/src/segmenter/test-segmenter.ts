/** How well a segmentation network in a file does on photos whose labels are known: the score of real photos in eval, by its usual rules. */
import type { Palette, SegmentationResult } from '@cyclegan/eval';
import { scorePhotos } from '../evaluate/fcn.ts';
import { openJudge } from '../evaluate/judge.ts';
import { readNetworkDescription } from '../evaluate/network-description.ts';
import { USUAL_OPTIONS } from '../evaluate/usual-options.ts';
import type { LabelPairs } from './label-pairs.ts';

/** Scores a network on pairs; throws as `readNetworkDescription` and `openJudge` do. */
export async function testSegmenter(path: string, { photos, labels }: LabelPairs, palette: Palette): Promise<SegmentationResult> {
  const judge = await openJudge(await readNetworkDescription('--fcn', path), { task: 'segmentation' });
  try {
    const { result } = await scorePhotos(photos, { options: USUAL_OPTIONS, advance: () => undefined, judge, labels, palette });
    return result;
  } finally {
    await judge.dispose();
  }
}
