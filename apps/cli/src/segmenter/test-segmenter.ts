/** How well a segmentation network in a file does on photos whose labels are known: the score of real photos in eval, by its usual rules. */
import type { Palette, SegmentationResult } from '@cyclegan/eval';
import type { EvaluationOptions } from '../evaluate/evaluation.ts';
import { scorePhotos } from '../evaluate/fcn.ts';
import { openJudge } from '../evaluate/judge.ts';
import { DEFAULT_JUDGEMENT } from '../evaluate/judgement-options.ts';
import { readNetworkDescription } from '../evaluate/network-description.ts';
import { DEFAULT_RUNS } from '../settings/options.ts';
import type { LabelPairs } from './label-pairs.ts';

/** What `cyclegan eval` takes unless told otherwise. */
export const USUAL_OPTIONS: EvaluationOptions = { runsDir: DEFAULT_RUNS, ...DEFAULT_JUDGEMENT };

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
