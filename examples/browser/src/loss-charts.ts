/** The losses as curves, a chart for each kind, with a line for each domain. Knows no training. */
/*! Charts are drawn by uPlot (github.com/leeoniya/uPlot), Copyright (c) Leon Sorokin, MIT licence. */
import UPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { element } from './dom.ts';
import type { StepLine } from './protocol.ts';

interface Line {
  readonly loss: string;
  readonly label: string;
  /** Whose colour it has. */
  readonly side: 'A' | 'B';
}

interface ChartPlan {
  readonly title: string;
  readonly lines: readonly [Line, Line];
}

function plan(title: string, losses: readonly [string, string], labels: readonly [string, string]): ChartPlan {
  const [lossA, lossB] = losses;
  const [labelA, labelB] = labels;
  return {
    title,
    lines: [
      { loss: lossA, label: labelA, side: 'A' },
      { loss: lossB, label: labelB, side: 'B' },
    ],
  };
}

const CHARTS: readonly ChartPlan[] = [
  plan('What there and back loses', ['cycleA', 'cycleB'], ['A → B → A', 'B → A → B']),
  plan('What changes of pictures that are right already', ['identityB', 'identityA'], ['A', 'B']),
  plan('How far the generators are from deceiving', ['ganBA', 'ganAB'], ['A made of B', 'B made of A']),
  plan('How often the discriminators err', ['discA', 'discB'], ['of A', 'of B']),
];

const HEIGHT = 180;
/** Steps that a curve shows at most: what is denser than pixels cannot be seen. */
const MOST_POINTS = 2000;

/** All charts. */
export class LossCharts {
  readonly #charts: readonly LossChart[];
  #lines: StepLine[] = [];
  #due = false;

  constructor(place: HTMLElement) {
    this.#charts = CHARTS.map((chart) => new LossChart(chart));
    place.replaceChildren(...this.#charts.map(({ root }) => root));
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => {
      for (const chart of this.#charts) chart.recolour();
      this.#draw();
    });
  }

  /** All steps so far. */
  get lines(): readonly StepLine[] {
    return this.#lines;
  }

  /** Forgets the steps after `step`. */
  cutTo(step: number): void {
    this.#lines = this.#lines.filter((line) => line.step <= step);
    this.#draw();
  }

  /** Adds a step; steps may come faster than they can be drawn. */
  add(line: StepLine): void {
    this.#lines.push(line);
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#draw();
    });
  }

  #draw(): void {
    const stride = Math.ceil(this.#lines.length / MOST_POINTS) || 1;
    const shown = this.#lines.filter((_, at) => (this.#lines.length - 1 - at) % stride === 0);
    for (const chart of this.#charts) chart.show(shown);
  }
}

class LossChart {
  readonly root: HTMLElement;
  readonly #plan: ChartPlan;
  readonly #place = element('div', '');
  readonly #legend = element('p', 'legend');
  #plot: UPlot | undefined;

  constructor(chart: ChartPlan) {
    this.#plan = chart;
    this.root = element('article', 'chart', element('h3', '', chart.title), this.#place, this.#legend);
    new ResizeObserver(() => this.#fit()).observe(this.#place);
  }

  show(lines: readonly StepLine[]): void {
    const { lines: curves } = this.#plan;
    const data = [lines.map(({ step }) => step), ...curves.map(({ loss }) => lines.map(({ losses }) => losses[loss] ?? null))];
    this.#plot ??= this.#made();
    this.#plot.setData(data as UPlot.AlignedData);
    const last = lines.at(-1)?.losses;
    const texts = curves.map(({ loss, label, side }) => element('span', side, `${label}: ${last?.[loss]?.toPrecision(3) ?? 'none'}`));
    this.#legend.replaceChildren(...texts);
  }

  /** Forgets the colours that it was drawn in. */
  recolour(): void {
    this.#plot?.destroy();
    this.#plot = undefined;
  }

  #fit(): void {
    const width = this.#place.clientWidth;
    if (width > 0 && this.#plot !== undefined && this.#plot.width !== width) this.#plot.setSize({ width, height: HEIGHT });
  }

  #made(): UPlot {
    const colour = (name: string) => getComputedStyle(this.root).getPropertyValue(name).trim();
    const grid = { stroke: colour('--line'), width: 1 };
    const axis = { stroke: colour('--quiet'), font: '11px system-ui, sans-serif', grid, ticks: { show: false } };
    const options: UPlot.Options = {
      width: Math.max(1, this.#place.clientWidth),
      height: HEIGHT,
      legend: { show: false },
      cursor: { show: false },
      scales: { x: { time: false } },
      series: [
        {},
        ...this.#plan.lines.map(({ side }) => ({
          stroke: colour(`--side-${side.toLowerCase()}`),
          width: 1.5,
          points: { show: false },
        })),
      ],
      axes: [
        { ...axis, size: 28 },
        { ...axis, size: 48 },
      ],
    };
    return new UPlot(options, [[], [], []], this.#place);
  }
}
