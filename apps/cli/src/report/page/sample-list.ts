/** Samples one by one, from the groups that they are told in. */
import type { ReportData, SampleGroup, ShownPicture } from '../report-data.ts';
import { pathAtStep } from '../sample-groups.ts';

/** A sample with the paths of its pictures. */
export interface ShownSample {
  readonly step: number;
  readonly grid: string;
  readonly pictures: readonly (ShownPicture & { readonly scores: Readonly<Record<string, number>> })[];
}

/** All samples, by their steps. */
export function samplesOf({ samples }: Pick<ReportData, 'samples'>): (() => ShownSample)[] {
  const found = samples.flatMap((group) => group.steps.map((step, at) => ({ step, sample: () => sampleOf(group, at, step) })));
  return found.sort((one, other) => one.step - other.step).map(({ sample }) => sample);
}

function sampleOf({ grid, pictures, scores }: SampleGroup, at: number, step: number): ShownSample {
  const shown = pictures.map((picture, number) => ({
    ...picture,
    paths: Object.fromEntries(Object.entries(picture.paths).map(([what, path]) => [what, pathAtStep(path, step)])),
    scores: scores?.[at]?.[number] ?? {},
  }));
  return { step, grid: pathAtStep(grid, step), pictures: shown };
}
