/** What looks wrong with the run, and what to try. */
import type { ReportData, ShownWarning } from '../report-data.ts';
import { element, Redrawn } from './dom.ts';
import { formatCount } from './format.ts';

/** Shows warnings, or that there are none. */
export class WarningsView {
  readonly #drawn: Redrawn<ReportData['warnings']>;

  constructor(root: HTMLElement) {
    this.#drawn = new Redrawn((warnings) => root.replaceChildren(...contents(warnings)));
  }

  update({ warnings }: ReportData): void {
    this.#drawn.show(warnings);
  }
}

function contents(warnings: ReportData['warnings']): HTMLElement[] {
  if (warnings === undefined) return [quiet('It is too early to tell: the first sample pictures are still to come.')];
  const { step, list } = warnings;
  if (list.length === 0) return [quiet(`Nothing looks wrong, as of step ${formatCount(step)}.`)];
  return list.map((warning) => card(warning, step));
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
