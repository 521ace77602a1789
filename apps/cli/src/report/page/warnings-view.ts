/** What looks wrong with the run, and what to try. */
import { FIRST_STEP } from '../../diagnosis/training-warning.ts';
import type { ReportData, ShownWarning } from '../report-data.ts';
import { element, Redrawn } from './dom.ts';
import { formatCount } from './format.ts';

/** Shows warnings, or that there are none. */
export class WarningsView {
  readonly #drawn: Redrawn<Told>;

  constructor(root: HTMLElement) {
    this.#drawn = new Redrawn((told) => root.replaceChildren(...contents(told)));
  }

  update({ status, warnings, about }: ReportData): void {
    this.#drawn.show({ training: status === 'training', sampled: about.sampled, warnings });
  }
}

/** Warnings, and whether there may be others. */
interface Told {
  readonly training: boolean;
  readonly sampled: boolean;
  readonly warnings: ReportData['warnings'];
}

function contents({ training, sampled, warnings }: Told): HTMLElement[] {
  if (warnings === undefined) return [quiet(notJudged(training, sampled))];
  const { step, list } = warnings;
  if (list.length === 0 && step < FIRST_STEP) return [quiet(`It is too early to tell: a run is judged from step ${FIRST_STEP} on.`)];
  if (list.length === 0) return [quiet(`Nothing looks wrong, as of step ${formatCount(step)}.`)];
  return list.map((warning) => card(warning, step));
}

/** Why there is nothing to say. */
function notJudged(training: boolean, sampled: boolean): string {
  if (!sampled) return 'No sample pictures are made (--sample-every 0), by which a run is judged.';
  if (training) return 'It is too early to tell: the first sample pictures are still to come.';
  return 'The run ended before its first sample pictures, by which it is judged.';
}

function quiet(text: string): HTMLElement {
  return element('p', { class: 'quiet' }, text);
}

function card({ title, why, remedies }: ShownWarning, step: number): HTMLElement {
  const tries =
    remedies.length === 0
      ? []
      : [element('p', {}, 'What to try:'), element('ul', {}, ...remedies.map((remedy) => element('li', {}, remedy)))];
  return element(
    'article',
    { class: 'warning' },
    element('h3', {}, title),
    element('p', {}, `${why} (As of step ${formatCount(step)}.)`),
    ...tries,
  );
}
