/** Times the training step and the generator in this process, as the trainer and the translator run them. */
import { type Backend, type CycleGanConfig, compile, f32, loadInitialValues, stepFeeds, Translator, traceStep } from '@cyclegan/core';
import { type Configuration, modelOf } from './configuration.ts';
import type { Measurement } from './measurement.ts';
import { figureOf } from './statistics.ts';

const SEED = 0;
const LEARNING_RATE = 2e-4;
/** Passes of a generator are short: so many at least. */
const LEAST_PASSES = 3;

/** A picture of each domain, or several, N x 3 x size x size in [-1, 1]; new ones at each call. */
export function randomBatch({ batch, height, width }: Pick<CycleGanConfig, 'batch' | 'height' | 'width'>) {
  const pictures = () => {
    const data = new Float32Array(batch * 3 * height * width);
    for (let at = 0; at < data.length; at++) data[at] = 2 * Math.random() - 1;
    return f32([batch, 3, height, width], data);
  };
  return { A: pictures(), B: pictures() };
}

/** Compiles the training step; `run` makes a batch, trains on it and waits for the losses. */
export async function openStep(backend: Backend, configuration: Configuration) {
  const model = modelOf(configuration);
  const graph = traceStep(model);
  const store = backend.createStore();
  const program = await compile(backend, graph, { store });
  await loadInitialValues(store, graph, SEED);
  const fetch = [...graph.outputs.keys()].filter((name) => name.startsWith('loss/'));
  let step = 0;
  const run = async () => {
    const feeds = stepFeeds(model, graph, { seed: SEED, step: step++, learningRate: LEARNING_RATE });
    const outputs = await program.run({ ...randomBatch(model), ...feeds }, { fetch });
    await Promise.all(Object.values(outputs));
  };
  const dispose = () => {
    program.dispose();
    store.dispose();
  };
  return { model, graph, store, program, run, dispose };
}

/** Measures a configuration on a backend that stays the caller's. */
export async function measure(backend: Backend, configuration: Configuration): Promise<Measurement> {
  const { steps, size, ngf, blocks, batch, threads } = configuration;
  const opened = performance.now();
  const { model, graph, store, program, run, dispose } = await openStep(backend, configuration);
  await run();
  const firstStepSeconds = (performance.now() - opened) / 1000;
  const { spread: stepSpread, ...stepSeconds } = figureOf(await times(steps, run));
  const peakMB = process.resourceUsage().maxRSS / 1024;

  const weights = await store.read([...graph.variables.keys()].filter((name) => name.startsWith('genAB/')));
  dispose();
  const { spread: generatorSpread, ...generatorSeconds } = figureOf(await timeGenerator(backend, { model, weights, steps }));
  return {
    ...{
      engine: `cyclegan, ${backend.name} on ${backend.device.kind}: ${backend.device.description}`,
      device: backend.device.kind,
      threads: backend.device.threads ?? threads,
    },
    ...{ size, ngf, blocks, batch, stepSeconds, generatorSeconds, peakMB },
    ...{ firstStepSeconds, stepSpread, generatorSpread, nodes: program.stats.nodes },
  };
}

interface Generator {
  readonly model: CycleGanConfig;
  readonly weights: Awaited<ReturnType<ReturnType<Backend['createStore']>['read']>>;
  readonly steps: number;
}

async function timeGenerator(backend: Backend, { model, weights, steps }: Generator): Promise<number[]> {
  const translator = new Translator({ backend, generator: model.generatorAB, weights });
  const { A } = randomBatch(model);
  await translator.translate(A);
  const seconds = await times(Math.max(LEAST_PASSES, steps), () => translator.translate(A));
  translator.dispose();
  return seconds;
}

/** Seconds of each of some calls, one after the other. */
async function times(count: number, call: () => Promise<unknown>): Promise<number[]> {
  const seconds: number[] = [];
  while (seconds.length < count) {
    const started = performance.now();
    await call();
    seconds.push((performance.now() - started) / 1000);
  }
  return seconds;
}
