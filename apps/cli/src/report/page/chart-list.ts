/** Which curves share a chart, and what charts are called. */

/** A line of a chart. */
export interface ChartLine {
  /** Which of the curves. */
  readonly curve: string;
  readonly label: string;
  /** The colour: that of domain A or B, or of what has no side. */
  readonly colour: 'a' | 'b' | 'neutral';
}

/** A chart. */
export interface ChartPlan {
  readonly title: string;
  /** What is good to know, in a sentence. */
  readonly about: string;
  readonly lines: readonly ChartLine[];
  /** Values are set, not measured: smoothing would make them wrong. */
  readonly exact?: boolean;
  /** Few values, each worth a mark. */
  readonly marked?: boolean;
}

function pair(A: readonly [curve: string, label: string], B: readonly [curve: string, label: string]): readonly ChartLine[] {
  return [
    { curve: A[0], label: A[1], colour: 'a' },
    { curve: B[0], label: B[1], colour: 'b' },
  ];
}

function single(curve: string, label: string): readonly ChartLine[] {
  return [{ curve, label, colour: 'neutral' }];
}

const CHARTS: readonly ChartPlan[] = [
  {
    title: 'Generators, adversarial',
    about: 'How well the discriminators tell generated pictures from real ones: lower is better for the generators.',
    lines: [...pair(['ganBA', 'generated A'], ['ganAB', 'generated B']), ...single('gan', 'generated B')],
  },
  {
    title: 'Discriminators',
    about: 'Neither side should win for long: with least squares, 0.25 means that they cannot tell the difference.',
    lines: [...pair(['discA', 'of A'], ['discB', 'of B']), ...pair(['discReal', 'real pairs'], ['discFake', 'generated pairs'])],
  },
  {
    title: 'Cycles',
    about: 'How far pictures that are translated there and back are from where they began. Weights included.',
    lines: pair(['cycleA', 'A to B to A'], ['cycleB', 'B to A to B']),
  },
  {
    title: 'Identity',
    about: 'How much generators change pictures that are of their own domain already. Weights included.',
    // the loss called A is that of the generator from A to B, which pictures of B are to pass unchanged
    lines: pair(['identityB', 'pictures of A'], ['identityA', 'pictures of B']),
  },
  { title: 'Distance to the true picture', about: 'Weight included.', lines: single('l1', 'B') },
  { title: 'Learning rate', about: 'Of Adam.', lines: single('learningRate', 'rate'), exact: true },
  { title: 'Speed', about: 'Seconds a step, waiting for pictures included.', lines: single('seconds', 'seconds') },
  { title: 'Memory', about: 'Of the program, in MB.', lines: single('memory', 'MB') },
];

/** A chart for each figure that test pictures were measured by. */
export function evaluationCharts(figures: readonly string[]): ChartPlan[] {
  return figures.map((name) => ({ title: name, about: '', lines: single(name, name), exact: true, marked: true }));
}

/** The charts of a run that has these curves; curves that belong to none have one of their own. */
export function chartsOf(curves: readonly string[]): ChartPlan[] {
  const known = CHARTS.map((chart) => ({ ...chart, lines: chart.lines.filter(({ curve }) => curves.includes(curve)) }));
  const drawn = new Set(CHARTS.flatMap(({ lines }) => lines.map(({ curve }) => curve)));
  const others = curves.filter((curve) => !drawn.has(curve)).map((curve) => ({ title: curve, about: '', lines: single(curve, curve) }));
  return [...known.filter(({ lines }) => lines.length > 0), ...others];
}
