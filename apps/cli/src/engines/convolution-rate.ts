/** How fast an engine convolves: 3 x 3 over 64 channels, as much of it as takes long enough to be timed. Knows no engine. */
import { type Backend, compile, conv2d, convGeometry, f32, type Graph, loadInitialValues, sizeOf, sum, trace } from '@cyclegan/core';

const CHANNELS = 64;

/** How much is convolved: of pictures of `size` x `size`, so often in a row. */
interface Amount {
  readonly size: number;
  readonly depth: number;
}

/** From what the slowest engine does in a few hundredths of a second to what keeps a fast one busy. */
const AMOUNTS: readonly Amount[] = [
  { size: 4, depth: 1 },
  { size: 16, depth: 1 },
  { size: 64, depth: 1 },
  { size: 64, depth: 16 },
  { size: 64, depth: 128 },
];

/** So small that sums of 576 products do not grow. */
const STEADY = { kind: 'constant', value: 1 / (9 * CHANNELS) } as const;

/** Seconds of a run that say enough, and of all runs of an amount that no other follows. */
const [ENOUGH, LONG] = [0.06, 0.5];

/** Runs of an amount, of which the fastest counts, after one that warms up. */
const RUNS = 3;

/** 10^9 multiplications and additions a second, by a clock of milliseconds such as `performance.now`. */
export async function convolutionRate(backend: Backend, now: () => number): Promise<number> {
  let rate = 0;
  for (const amount of AMOUNTS) {
    const seconds = await secondsOf(backend, graphOf(amount), now);
    rate = operationsOf(amount) / seconds / 1e9;
    if (seconds > ENOUGH) break;
  }
  return rate;
}

function operationsOf({ size, depth }: Amount): number {
  return 2 * 9 * CHANNELS ** 2 * size ** 2 * depth;
}

/** The sum of the results alone is fetched, so that no time goes into copies. */
function graphOf({ size, depth }: Amount): Graph {
  return trace((graph) => {
    // an input, since what follows from variables alone may be computed once and kept
    let result = graph.input('picture', [1, CHANNELS, size, size]);
    const weight = graph.variable('weight', [CHANNELS, CHANNELS, 3, 3], STEADY);
    for (let layer = 0; layer < depth; layer++) result = conv2d(result, weight, convGeometry(1, 1));
    graph.output('sum', sum(result));
  });
}

async function secondsOf(backend: Backend, graph: Graph, now: () => number): Promise<number> {
  const store = backend.createStore();
  const program = await compile(backend, graph, { store });
  const shape = graph.inputs.get('picture')?.shape ?? [];
  const picture = f32(shape, new Float32Array(sizeOf(shape)).fill(1));
  const run = async () => {
    const begun = now();
    await (await program.run({ picture })).sum;
    return (now() - begun) / 1000;
  };
  try {
    await loadInitialValues(store, graph, 0);
    await run();
    const seconds: number[] = [];
    while (seconds.length < RUNS && sumOf(seconds) < LONG) seconds.push(await run());
    return Math.min(...seconds);
  } finally {
    program.dispose();
    store.dispose();
  }
}

function sumOf(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
