/** Samples of a run in short: those that have the same pictures but for the step are told together. Knows no files. */
import type { SampleGroup, ShownPicture } from './report-data.ts';

/** What stands in paths for the step as files are named. */
const STEP = 'STEP';

/** A sample with the paths of its own step. */
export interface ToldSample {
  readonly step: number;
  readonly grid: string;
  readonly pictures: readonly (ShownPicture & { readonly scores?: Readonly<Record<string, number>> })[];
}

/** Takes one sample after the other. */
export class SampleGroups {
  readonly #groups = new Map<string, SampleGroup>();

  /** Begins with samples of earlier, those up to `step`. */
  static upTo(step: number, earlier: readonly SampleGroup[]): SampleGroups {
    const groups = new SampleGroups();
    for (const group of earlier) {
      const kept = group.steps.flatMap((other, at) => (other <= step ? [at] : []));
      const pick = <T>(list: readonly T[]) => kept.flatMap((at) => list.slice(at, at + 1));
      if (kept.length === 0) continue;
      const { scores } = group;
      const steps = pick(group.steps);
      groups.#keep({ ...group, steps, ...(scores === undefined ? {} : { scores: pick(scores) }) });
    }
    return groups;
  }

  /** Adds a sample. */
  add({ step, grid, pictures }: ToldSample): void {
    const short = (path: string) => path.replaceAll(paddedStep(step), STEP);
    const shown = pictures.map(({ scores: _, paths, ...picture }) => ({
      ...picture,
      paths: Object.fromEntries(Object.entries(paths).map(([what, path]) => [what, short(path)])),
    }));
    const scores = pictures.map((picture) => picture.scores ?? {});
    const none = scores.every((of) => Object.keys(of).length === 0);
    this.#keep({ grid: short(grid), pictures: shown, steps: [step], ...(none ? {} : { scores: [scores] }) });
  }

  /** All of them, in the order in which their kinds came. */
  get list(): readonly SampleGroup[] {
    return [...this.#groups.values()];
  }

  #keep(group: SampleGroup): void {
    const { steps, scores, ...same } = group;
    const key = JSON.stringify({ ...same, scored: scores !== undefined });
    const before = this.#groups.get(key);
    if (before === undefined) {
      this.#groups.set(key, group);
      return;
    }
    const all = scores === undefined ? {} : { scores: [...(before.scores ?? []), ...scores] };
    this.#groups.set(key, { ...before, steps: [...before.steps, ...steps], ...all });
  }
}

/** A path of the sample after `step`. */
export function pathAtStep(path: string, step: number): string {
  return path.replaceAll(STEP, paddedStep(step));
}

/** A step as files are named. */
function paddedStep(step: number): string {
  return String(step).padStart(6, '0');
}
