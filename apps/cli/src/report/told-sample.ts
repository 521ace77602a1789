/** A sample as observers hear of it, in the terms of the report. */
import { relative, sep } from 'node:path';
import type { RunFolder } from '../runs/run-folder.ts';
import type { SavedSample } from '../train/observer.ts';
import type { ReportData, ShownWarning } from './report-data.ts';
import type { ToldSample } from './sample-groups.ts';

/** The pictures of a sample, by their paths in the run's folder. */
export function toldSample(sample: SavedSample, folder: RunFolder): ToldSample {
  const grid = relative(folder.path, sample.path).split(sep).join('/');
  const last = 'lastPictures' in sample ? (sample.lastPictures as readonly object[]) : [];
  const pictures = [...told(sample.fixed), ...told(last)];
  return { step: sample.step, grid, pictures };
}

/** What looks wrong as of a sample. */
export function toldWarnings(sample: SavedSample): ReportData['warnings'] {
  const warnings = 'warnings' in sample ? (sample.warnings as readonly ShownWarning[]) : [];
  return { step: sample.step, list: warnings.map(({ title, why, remedies }) => ({ title, why, remedies })) };
}

function told(pictures: readonly object[]): ToldSample['pictures'] {
  return pictures.flatMap((picture) => {
    if (!('paths' in picture)) return [];
    const { side, name, from = 'last batch', paths, scores = {} } = picture as ToldSample['pictures'][number];
    const short = Object.entries(scores).map(([what, score]) => [what, Number(score.toPrecision(3))] as const);
    return [{ side, from, paths, scores: Object.fromEntries(short), ...(name === undefined ? {} : { name }) }];
  });
}
