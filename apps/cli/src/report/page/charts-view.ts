/** All charts: which there are, how much they are smoothed, and what part of the steps they show together. */
import type { ReportData } from '../report-data.ts';
import { Chart, type Zoom } from './chart.ts';
import { chartsOf } from './chart-list.ts';
import { element, Redrawn } from './dom.ts';

/** Smoothing to begin with. */
const SMOOTHING = 0.9;

/** Shows the charts. */
export class ChartsView {
  readonly #list = element('div', { class: 'charts' });
  readonly #smoothing = element('input', { type: 'range', min: '0', max: '0.99', step: '0.01', value: String(SMOOTHING) });
  readonly #reset = element('button', { type: 'button' }, 'Show all steps');
  readonly #empty = element('p', { class: 'quiet' }, 'The first steps are still to come.');
  readonly #names = new Redrawn<readonly string[]>((names) => this.#make(names));
  #charts: readonly Chart[] = [];
  #data: ReportData | undefined;
  #zoom: Zoom | undefined;

  constructor(root: HTMLElement) {
    const hint = element('span', { class: 'quiet pointer-only' }, 'Drag across a chart to zoom.');
    root.append(
      element('div', { class: 'controls' }, element('label', {}, 'Smoothing ', this.#smoothing), this.#reset, hint),
      this.#empty,
      this.#list,
    );
    this.#smoothing.addEventListener('input', () => this.#draw());
    this.#reset.addEventListener('click', () => this.#choose(undefined));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      for (const chart of this.#charts) chart.recolour();
    });
  }

  update(data: ReportData): void {
    this.#data = data;
    this.#empty.hidden = data.curves.steps.length > 0;
    this.#names.show(Object.keys(data.curves.of));
    this.#draw();
  }

  #make(names: readonly string[]): void {
    this.#charts = chartsOf(names).map((plan) => new Chart(plan, (zoom) => this.#choose(zoom)));
    this.#list.replaceChildren(...this.#charts.map(({ root }) => root));
  }

  #choose(zoom: Zoom | undefined): void {
    const steps = this.#data?.curves.steps ?? [];
    const all = zoom !== undefined && zoom.min <= (steps[0] ?? 0) && zoom.max >= (steps.at(-1) ?? 0);
    this.#zoom = all ? undefined : zoom;
    this.#draw();
  }

  #draw(): void {
    const data = this.#data;
    if (data === undefined) return;
    this.#reset.hidden = this.#zoom === undefined;
    for (const chart of this.#charts) chart.show({ curves: data.curves, smoothing: this.#smoothing.valueAsNumber, zoom: this.#zoom });
  }
}
