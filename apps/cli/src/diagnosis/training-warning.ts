/** What can look wrong with a training run, in words for whoever trains. Knows neither how it is found nor where it is shown. */

/** A domain: that of the generated pictures a warning is about. */
export type Side = 'A' | 'B';

/** The step from which on pictures are judged: before, what networks make of them is chance. */
export const FIRST_STEP = 300;

/** Something that looks wrong with a training run. */
export interface TrainingWarning {
  readonly kind: 'discriminator-won' | 'colours-inverted' | 'collapsed';
  /** The domain of the generated pictures. */
  readonly side: Side;
  readonly title: string;
  /** What was measured, and what it means. */
  readonly why: string;
  /** What to try, in options of this program. */
  readonly remedies: readonly string[];
}

/** A warning before it is known what helps. */
export type Finding = Omit<TrainingWarning, 'remedies'>;

/** What a warning is about: there is at most one of each. */
export type About = Pick<Finding, 'kind' | 'side'>;

/** Whether two warnings say the same of the same pictures, though with other numbers. */
export function isSame(a: About, b: About): boolean {
  return a.kind === b.kind && a.side === b.side;
}

/** Warnings that came and went between two samples. */
export interface WarningChanges {
  readonly appeared: readonly TrainingWarning[];
  readonly gone: readonly TrainingWarning[];
}

/** What is new in `now`, and what of `before` is no longer there. */
export function changesBetween(before: readonly TrainingWarning[], now: readonly TrainingWarning[]): WarningChanges {
  const without = (some: readonly TrainingWarning[], others: readonly TrainingWarning[]) =>
    some.filter((one) => !others.some((other) => isSame(one, other)));
  return { appeared: without(now, before), gone: without(before, now) };
}
