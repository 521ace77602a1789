/**
 * One chart: curves smoothed, what they were made of faintly behind, and a legend with the values at the pointer, or else the newest.
 * Knows neither what the curves are nor of other charts.
 */
/*! Charts are drawn by uPlot (github.com/leeoniya/uPlot), Copyright (c) Leon Sorokin, MIT licence. */
import UPlot from 'uplot';
import type { Curves, Values } from '../report-data.ts';
import type { ChartLine, ChartPlan } from './chart-list.ts';
import { element } from './dom.ts';
import { formatCount, formatValue } from './format.ts';
import { smoothed } from './smoothing.ts';

/** Part of the steps. */
export interface Zoom {
  readonly min: number;
  readonly max: number;
}

/** What is drawn. */
export interface ChartContents {
  readonly curves: Curves;
  /** As `smoothed` takes it. */
  readonly smoothing: number;
  /** All steps when undefined. */
  readonly zoom: Zoom | undefined;
}

/** Series of a line: what its values lie between, its values, and the smoothed ones, which the legend tells. */
const PARTS = 4;

const HEIGHT = 220;

/** Draws a chart. */
export class Chart {
  readonly root: HTMLElement;
  readonly #plan: ChartPlan;
  readonly #legend = element('p', { class: 'legend' });
  readonly #place = element('div', { class: 'plot', role: 'img' });
  readonly #zoomed: (zoom: Zoom) => void;
  #plot: UPlot | undefined;
  #contents: ChartContents | undefined;
  /** While it is zoomed from outside, it does not tell. */
  #silent = false;

  /** `zoomed` hears what part of the steps was chosen in this chart. */
  constructor(plan: ChartPlan, zoomed: (zoom: Zoom) => void) {
    this.#plan = plan;
    this.#zoomed = zoomed;
    const about = plan.about === '' ? [] : [element('p', { class: 'quiet' }, plan.about)];
    this.root = element('article', { class: 'chart' }, element('h3', {}, plan.title), ...about, this.#place, this.#legend);
    new ResizeObserver(() => this.#fit()).observe(this.#place);
  }

  /** Draws; keeps the part of the steps that is looked at. */
  show(contents: ChartContents): void {
    this.#contents = contents;
    this.#silently(() => {
      if (this.#plot === undefined) this.#plot = this.#made();
      this.#plot.setData(this.#dataOf(contents));
      if (contents.zoom !== undefined) this.#plot.setScale('x', { ...contents.zoom });
    });
    this.#tell();
    this.#place.setAttribute('aria-label', `${this.#plan.title}: ${this.#legend.textContent}`);
  }

  /** Draws in the colours that the page has now. */
  recolour(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
    if (this.#contents !== undefined) this.show(this.#contents);
  }

  #silently(change: () => void): void {
    this.#silent = true;
    // drawing is put off to the end of the task unless batched
    change();
    queueMicrotask(() => {
      this.#silent = false;
    });
  }

  #fit(): void {
    const width = this.#place.clientWidth;
    if (width > 0 && this.#plot !== undefined && this.#plot.width !== width)
      this.#silently(() => this.#plot?.setSize({ width, height: HEIGHT }));
  }

  #made(): UPlot {
    const colour = (name: string) => getComputedStyle(this.#place).getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--quiet'),
      font: '11px system-ui, sans-serif',
      grid: { stroke: colour('--line'), width: 1 },
      ticks: { show: false },
    };
    const options: UPlot.Options = {
      width: Math.max(1, this.#place.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      cursor: { y: false, sync: { key: 'steps' }, drag: { x: true, y: false } },
      scales: { x: { time: false } },
      series: [{}, ...this.#plan.lines.flatMap((line) => seriesOf(colour(colourName(line)), this.#plan.marked === true))],
      bands: this.#plan.lines.map((line, at) => ({
        series: [at * PARTS + 2, at * PARTS + 1],
        fill: `color-mix(in srgb, ${colour(colourName(line))} 18%, transparent)`,
      })),
      axes: [
        { ...axis, size: 28, values: (_, splits) => splits.map(formatCount) },
        { ...axis, size: 52, values: (_, splits) => splits.map(formatValue) },
      ],
      hooks: { setCursor: [() => this.#tell()], setScale: [(plot, key) => this.#tellZoom(plot, key)] },
    };
    return new UPlot(options, this.#contents === undefined ? [[]] : this.#dataOf(this.#contents), this.#place);
  }

  #dataOf({ curves, smoothing }: ChartContents): UPlot.AlignedData {
    const none: Values = curves.steps.map(() => null);
    const lines = this.#plan.lines.flatMap(({ curve }) => {
      const { mean, low = mean, high = mean } = curves.of[curve] ?? { mean: none };
      return [low, high, mean, smoothed(mean, this.#plan.exact === true ? 0 : smoothing)];
    });
    return [curves.steps, ...lines] as unknown as UPlot.AlignedData;
  }

  #tellZoom(plot: UPlot, key: string): void {
    const { min, max } = plot.scales.x ?? {};
    if (key === 'x' && !this.#silent && typeof min === 'number' && typeof max === 'number') this.#zoomed({ min, max });
  }

  /** Says what the values are. */
  #tell(): void {
    const plot = this.#plot;
    if (plot === undefined) return;
    const at = plot.cursor.idx ?? plot.data[0].length - 1;
    const values = this.#plan.lines.map((line, number) => legendOf(line, plot.data[(number + 1) * PARTS]?.[at]));
    const step = plot.data[0][at];
    this.#legend.replaceChildren(...values, element('span', { class: 'quiet' }, step === undefined ? '' : `step ${formatCount(step)}`));
  }
}

function legendOf({ label, colour }: ChartLine, value: number | null | undefined): HTMLElement {
  const text = `${label}: ${value === null || value === undefined ? 'none' : formatValue(value)}`;
  return element('span', {}, element('i', { class: `swatch ${colour}` }), `${text} `);
}

function colourName({ colour }: ChartLine): string {
  return colour === 'neutral' ? '--text' : `--side-${colour}`;
}

function seriesOf(colour: string, marked: boolean): UPlot.Series[] {
  const edge: UPlot.Series = { width: 0, points: { show: false }, auto: false };
  const faint = `color-mix(in srgb, ${colour} 35%, transparent)`;
  return [edge, edge, { stroke: faint, width: 1, points: { show: false } }, { stroke: colour, width: 2, points: { show: marked } }];
}
