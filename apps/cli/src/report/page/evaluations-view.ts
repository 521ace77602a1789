/** What test pictures were measured by while the run was trained, a chart for each figure. */
import type { ReportData } from '../report-data.ts';
import { Chart } from './chart.ts';
import { evaluationCharts } from './chart-list.ts';
import { element, Redrawn } from './dom.ts';
import { formatCount } from './format.ts';

/** Shows the charts once there is something to show. */
export class EvaluationsView {
  readonly #section: HTMLElement;
  readonly #best = element('p', {});
  readonly #list = element('div', { class: 'charts' });
  readonly #names = new Redrawn<readonly string[]>((names) => this.#make(names));
  #charts: readonly Chart[] = [];

  constructor(section: HTMLElement) {
    this.#section = section;
    (section.querySelector('div') ?? section).append(this.#best, this.#list);
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      for (const chart of this.#charts) chart.recolour();
    });
  }

  update({ evaluations }: ReportData): void {
    this.#section.hidden = evaluations === undefined;
    if (evaluations === undefined) return;
    const { curves, best } = evaluations;
    this.#best.textContent = `The best checkpoint, by the first of these, is that of step ${formatCount(best)}; it is kept.`;
    this.#names.show(Object.keys(curves.of));
    for (const chart of this.#charts) chart.show({ curves, smoothing: 0, zoom: undefined });
  }

  #make(names: readonly string[]): void {
    this.#charts = evaluationCharts(names).map((plan) => new Chart(plan, () => undefined));
    this.#list.replaceChildren(...this.#charts.map(({ root }) => root));
  }
}
