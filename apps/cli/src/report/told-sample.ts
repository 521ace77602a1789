/** A sample as observers hear of it, in the terms of the report. */
import { relative, sep } from 'node:path';
import type { RunFolder } from '../runs/run-folder.ts';
import type { SavedPicture, SavedSample } from '../train/observer.ts';
import type { ReportData, ShownPicture } from './report-data.ts';
import type { ToldSample } from './sample-groups.ts';

/** The pictures of a sample, by their paths in the run's folder. */
export function toldSample({ step, path, fixed, lastPictures }: SavedSample, folder: RunFolder): ToldSample {
  const grid = relative(folder.path, path).split(sep).join('/');
  const pictures = [
    ...fixed.map((picture) => told(picture, { name: picture.name, from: picture.from })),
    ...lastPictures.map((picture) => told(picture, { from: 'last batch' })),
  ];
  return { step, grid, pictures };
}

function told({ side, paths, scores }: SavedPicture, origin: Pick<ShownPicture, 'name' | 'from'>): ToldSample['pictures'][number] {
  const short = Object.entries(scores).map(([what, score]) => [what, Number(score.toPrecision(3))] as const);
  return { side, ...origin, paths: Object.fromEntries(Object.entries(paths)), scores: Object.fromEntries(short) };
}

/** What looks wrong as of a sample. */
export function toldWarnings({ step, warnings }: Pick<SavedSample, 'step' | 'warnings'>): ReportData['warnings'] {
  return { step, list: warnings.map(({ title, why, remedies }) => ({ title, why, remedies })) };
}
