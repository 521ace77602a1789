import { describe, expect, it } from 'vitest';
import type { Backend } from '../../../src/backend.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import type { HostTensor, TensorRecord } from '../../../src/tensor.ts';
import type { Batch, BatchSource } from '../../../src/training/batch-source.ts';
import type { TrainingDiverged } from '../../../src/training/errors.ts';
import { initialValues, type ModelConfig, traceStep } from '../../../src/training/model.ts';
import { PLATEAU_START } from '../../../src/training/schedule.ts';
import { type TrainEvent, type TrainingState, type TrainOptions, train } from '../../../src/training/trainer.ts';
import { TINY_GENERATOR, tinyBatch, tinyModel } from './tiny.ts';

type StepEvent = Extract<TrainEvent, { readonly kind: 'step' }>;

/** A source of random batches, four to an epoch, that may be told to give something else at a step. */
function batchesOf(
  model: ModelConfig,
  { stepsPerEpoch = 4, at = -1, other }: { stepsPerEpoch?: number; at?: number; other?: () => Batch } = {},
) {
  const requested: number[] = [];
  const source: BatchSource = {
    stepsPerEpoch,
    shape: { batch: model.batch, channels: { A: 3, B: 3 }, height: model.height, width: model.width },
    batch: async (step) => {
      requested.push(step);
      return step === at && other !== undefined ? other() : tinyBatch(model, `step ${step}`);
    },
  };
  return { source, requested };
}

function options(changed: Partial<TrainOptions> = {}): TrainOptions {
  const model = changed.model ?? tinyModel();
  return {
    model,
    backend: createReferenceBackend(),
    data: batchesOf(model).source,
    learningRate: 1e-3,
    schedule: { kind: 'constant' },
    seed: 11,
    maxSteps: 4,
    ...changed,
  };
}

/** All events of a run, and what it threw. */
async function events(
  run: TrainOptions,
  seen: (event: TrainEvent) => void = () => undefined,
): Promise<{ log: TrainEvent[]; error: unknown }> {
  const log: TrainEvent[] = [];
  try {
    for await (const event of train(run)) {
      log.push(event);
      seen(event);
    }
    return { log, error: undefined };
  } catch (error) {
    return { log, error };
  }
}

const label = (event: TrainEvent) => `${event.kind} ${event.kind === 'checkpoint' ? event.state.step : event.step}`;

const statesOf = (log: readonly TrainEvent[]) => log.flatMap((event) => (event.kind === 'checkpoint' ? [event.state] : []));

/** Steps without the time they took. */
const stepsOf = (log: readonly TrainEvent[]): Omit<StepEvent, 'seconds'>[] =>
  log.flatMap((event) => {
    if (event.kind !== 'step') return [];
    const { seconds: _, ...rest } = event;
    return [rest];
  });

/** The reference backend, noting what is submitted and what is alive; run number `failing` is refused. */
function observed(log: string[], { failing = 0 } = {}): { backend: Backend; alive: () => number } {
  const backend = createReferenceBackend();
  let [alive, runs] = [0, 0];
  const watched: Backend = {
    ...backend,
    createStore: () => {
      const store = backend.createStore();
      alive++;
      return Object.assign(store, { dispose: releasing(store.dispose.bind(store)) });
    },
    compile: async (graph, compileOptions) => {
      const program = await backend.compile(graph, compileOptions);
      alive++;
      const run: typeof program.run = (feeds, fetch) => {
        if (++runs === failing) throw new Error('the device is gone');
        log.push(`run ${runs}`);
        return program.run(feeds, fetch);
      };
      return { stats: program.stats, run, dispose: releasing(program.dispose.bind(program)) };
    },
  };
  const releasing = (dispose: () => void) => () => {
    alive--;
    dispose();
  };
  return { backend: watched, alive: () => alive };
}

describe('train', () => {
  it('reports events in order', async () => {
    const { log } = await events(options({ maxSteps: 5, sampleEvery: 2, checkpointEvery: 3 }));
    expect(log.map(label)).toEqual([
      'ready 0',
      'step 1',
      'step 2',
      'sample 2',
      'step 3',
      'checkpoint 3',
      'step 4',
      'sample 4',
      'step 5',
      'sample 5',
      'checkpoint 5',
      'done 5',
    ]);
  });

  it('says what it trains, and reports every loss with its epoch and learning rate', async () => {
    const model = tinyModel({ poolSize: 2 });
    const { log } = await events(options({ model }));
    const [ready, first] = log;
    expect(ready).toMatchObject({ kind: 'ready', step: 0 });
    const state = statesOf(log)[0] as TrainingState;
    const weights = Object.entries(state.variables).filter(([name]) => /^(gen|disc)/.test(name));
    expect((ready as Extract<TrainEvent, { kind: 'ready' }>).weights).toBe(weights.reduce((total, [, { data }]) => total + data.length, 0));
    expect(first).toMatchObject({ kind: 'step', step: 1, epoch: 0, learningRate: 1e-3 });
    const losses = ['cycleA', 'cycleB', 'discA', 'discB', 'ganAB', 'ganBA', 'identityA', 'identityB'];
    expect(Object.keys((first as StepEvent).losses).sort()).toEqual(losses);
    expect(Object.keys(state.variables).filter((name) => name.startsWith('pool/'))).toEqual(['pool/fakeB/images', 'pool/fakeA/images']);
  });

  it('shows samples of the last batch, and of batches given for it', async () => {
    const model = tinyModel();
    const given = tinyBatch(model, 'given');
    const { log } = await events(options({ model, maxSteps: 2, sampleEvery: 2, sampleBatches: [given, tinyBatch(model, 'step 1')] }));
    const sample = log.find((event) => event.kind === 'sample');
    if (sample?.kind !== 'sample') throw new Error('no sample');
    const { step, last, fixed } = sample;
    expect({ step, batch: last.batch }).toEqual({ step: 2, batch: tinyBatch(model, 'step 1') });
    expect(Object.keys(last.pictures).sort()).toEqual(['fakeA', 'fakeB', 'idtA', 'idtB', 'recA', 'recB']);
    expect(fixed.map(({ batch }) => batch)).toEqual([given, last.batch]);
    expect(fixed[1]).toEqual(last);
    expect(fixed[0]?.pictures.fakeB).not.toEqual(last.pictures.fakeB);
    expect(last.patches).toEqual({});
  });

  it('shows what discriminators say of samples, if asked', async () => {
    const model = tinyModel();
    const asked = { model, maxSteps: 1, sampleEvery: 1, sampleBatches: [tinyBatch(model, 'given')], samplePatches: true };
    const { log } = await events(options(asked));
    const sample = log.find((event) => event.kind === 'sample');
    if (sample?.kind !== 'sample') throw new Error('no sample');
    for (const { pictures, patches } of [sample.last, ...sample.fixed]) {
      expect(Object.keys(pictures).sort()).toEqual(['fakeA', 'fakeB', 'idtA', 'idtB', 'recA', 'recB']);
      expect(Object.entries(patches).map(([name, { shape }]) => [name, shape])).toEqual(
        ['realB', 'fakeB', 'realA', 'fakeA'].map((name) => [name, [1, 1, 2, 2]]),
      );
    }
  });

  it('keeps two steps in flight', async () => {
    const log: string[] = [];
    await events(options({ backend: observed(log).backend }), (event) => log.push(label(event)));
    const begun = ['ready 0', 'run 1', 'run 2', 'step 1', 'run 3', 'step 2', 'run 4', 'step 3'];
    expect(log).toEqual([...begun, 'step 4', 'checkpoint 4', 'done 4']);
  });

  it('asks for each batch once, in order', async () => {
    const { source, requested } = batchesOf(tinyModel());
    await events(options({ data: source, maxSteps: 6, sampleEvery: 2, checkpointEvery: 2 }));
    expect(requested).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('gives a checkpoint every so many steps, and none twice', async () => {
    const { log } = await events(options({ maxSteps: 4, checkpointEvery: 2 }));
    expect(statesOf(log).map(({ step }) => step)).toEqual([2, 4]);
  });

  it('does nothing when the steps are done already', async () => {
    const state = statesOf((await events(options({ maxSteps: 2 }))).log)[0] as TrainingState;
    const { log } = await events(options({ maxSteps: 2, resume: state }));
    expect(log.map(label)).toEqual(['ready 2', 'done 2']);
  });

  it('ends early when it is told to, with a checkpoint of the steps that were under way', async () => {
    const controller = new AbortController();
    const { log } = await events(options({ maxSteps: 9, signal: controller.signal }), (event) => {
      if (label(event) === 'step 2') controller.abort();
    });
    expect(log.slice(-3).map(label)).toEqual(['step 3', 'checkpoint 3', 'done 3']);
    expect(log.at(-1)).toMatchObject({ aborted: true });
  });

  it('is not aborted when it came to its end', async () => {
    const controller = new AbortController();
    const { log } = await events(options({ maxSteps: 2, signal: controller.signal }), (event) => {
      if (event.kind === 'checkpoint') controller.abort();
    });
    expect(log.at(-1)).toEqual({ kind: 'done', step: 2, aborted: false });
  });

  it('saves what it has when a picture cannot be read', async () => {
    const unreadable = () => {
      throw new Error('b/17.jpg is no picture');
    };
    const model = tinyModel();
    const { log, error } = await events(options({ data: batchesOf(model, { at: 3, other: unreadable }).source, maxSteps: 9 }));
    expect(error).toEqual(new Error('b/17.jpg is no picture'));
    expect(log.slice(-2).map(label)).toEqual(['step 3', 'checkpoint 3']);
  });

  it('refuses data of another shape than the model takes', async () => {
    const { error } = await events(options({ data: batchesOf(tinyModel({ height: 12 })).source }));
    expect(error).toMatchObject({ name: 'ModelError' });
    expect(String(error)).toContain(
      'batches of 1, 3, 3, 12, 8 (batch, channels of A, channels of B, height, width), the model takes 1, 3, 3, 8, 8',
    );
  });

  it.each([
    ['at its end', {}, () => undefined],
    ['when a run fails', { failing: 3 }, () => undefined],
    ['when whoever listens throws', {}, (event: TrainEvent) => void (event.kind === 'sample' && fail())],
  ])('leaves nothing behind %s', async (_, failing, seen) => {
    const { backend, alive } = observed([], failing);
    const { log } = await events(options({ backend, sampleEvery: 2 }), seen);
    expect(log.length).toBeGreaterThan(1);
    expect(alive()).toBe(0);
  });

  it('leaves nothing behind when it cannot start', async () => {
    const { backend, alive } = observed([]);
    const state = statesOf((await events(options({ maxSteps: 1 }))).log)[0] as TrainingState;
    await events(options({ backend, model: tinyModel({ generator: { ...TINY_GENERATOR, filters: 3 } }), resume: state }));
    expect(alive()).toBe(0);
  });
});

function fail(): never {
  throw new Error('no');
}

describe('divergence', () => {
  it('of a loss stops training, without a checkpoint after it', async () => {
    const model = tinyModel();
    const corrupt = () => {
      const { A, B } = tinyBatch(model, 'corrupt');
      A.data[5] = Number.NaN;
      return { A, B };
    };
    const data = batchesOf(model, { at: 2, other: corrupt }).source;
    const { log, error } = await events(options({ data, maxSteps: 9, checkpointEvery: 1, sampleEvery: 1 }));
    expect(log.map(label).slice(-3)).toEqual(['step 2', 'sample 2', 'checkpoint 2']);
    expect(error).toMatchObject({ name: 'TrainingDiverged', step: 3 });
    expect(String(error)).toMatch(/step 3: .*loss cycleA is NaN/);
    for (const { variables } of statesOf(log)) expect(Object.values(variables).every(allFinite)).toBe(true);
  });

  it('that no loss has seen yet is found before the checkpoint', async () => {
    const { log, error } = await events(options({ learningRate: 1e308, maxSteps: 1 }));
    expect(log.map(label)).toEqual(['ready 0', 'step 1']);
    expect(error).toMatchObject({ name: 'TrainingDiverged', step: 1 });
    expect((error as TrainingDiverged).message).toMatch(/^step 1: variable gen(AB|BA)\/.* is (NaN|-?Infinity)\. Training stopped; /);
  });

  it('by an absurd learning rate is found at the next step', async () => {
    const { log, error } = await events(options({ learningRate: 1e308, maxSteps: 9 }));
    expect(statesOf(log)).toEqual([]);
    expect(error).toMatchObject({ name: 'TrainingDiverged', step: 2 });
  });

  const allFinite = ({ data }: HostTensor) => Array.from(data).every(Number.isFinite);
});

describe('repeatability', () => {
  const model = tinyModel({
    batch: 2,
    poolSize: 3,
    adversarial: 'wgangp',
    generator: { ...TINY_GENERATOR, norm: 'batch', dropout: true },
  });
  // two steps to an epoch and no patience, so that the learning rate falls within the run
  const settings = (changed: Partial<TrainOptions> = {}) =>
    options({
      model,
      data: batchesOf(model, { stepsPerEpoch: 2 }).source,
      learningRate: 1e-4,
      schedule: { kind: 'plateau', patience: 0 },
      maxSteps: 8,
      ...changed,
    });
  const whole = events(settings());
  const last = (log: readonly TrainEvent[]) => statesOf(log).at(-1) as TrainingState;

  it('covers buffers, masks, penalties and a falling learning rate', async () => {
    const { log } = await whole;
    const rates = stepsOf(log).map(({ learningRate }) => learningRate);
    expect(new Set(rates).size).toBeGreaterThan(1);
    expect(stepsOf(log).map(({ epoch }) => epoch)).toEqual([0, 0, 1, 1, 2, 2, 3, 3]);
  });

  // 3 is within an epoch and within the filling of the buffer's second batch, 4 at an epoch's end
  it.each([1, 3, 4])('N steps are %d steps, a stop and the rest, bit for bit', async (stop) => {
    const { log } = await whole;
    const begun = await events(settings({ maxSteps: stop }));
    const state = last(begun.log);
    const resume = { ...state, plateau: JSON.parse(JSON.stringify(state.plateau)) };
    const { source, requested } = batchesOf(model, { stepsPerEpoch: 2 });
    const { log: rest } = await events(settings({ resume, data: source, backend: createReferenceBackend() }));
    expect(requested).toEqual([0, 1, 2, 3, 4, 5, 6, 7].slice(stop));
    expect([...stepsOf(begun.log), ...stepsOf(rest)]).toEqual(stepsOf(log));
    expect(last(rest)).toEqual(last(log));
  });

  it('two runs with one seed are equal, also when one of them is sampled and saved', async () => {
    const { log } = await events(settings({ sampleEvery: 3, checkpointEvery: 1 }));
    expect(stepsOf(log)).toEqual(stepsOf((await whole).log));
    expect(last(log)).toEqual(last((await whole).log));
  });

  it('two seeds differ', async () => {
    const { log } = await events(settings({ seed: 12, maxSteps: 1 }));
    expect(stepsOf(log)[0]?.losses).not.toEqual(stepsOf((await whole).log)[0]?.losses);
  });

  it('does not follow the schedule by the number of steps asked for', async () => {
    const schedule = { kind: 'linear', epochs: 1, decayEpochs: 2 } as const;
    const [short, long] = await Promise.all(
      [2, 6].map((maxSteps) =>
        events(settings({ model: tinyModel(), schedule, maxSteps, data: batchesOf(tinyModel(), { stepsPerEpoch: 2 }).source })),
      ),
    );
    const rates = stepsOf(long?.log ?? []).map(({ learningRate }) => learningRate);
    expect(rates).toEqual([1, 1, 2 / 3, 2 / 3, 1 / 3, 1 / 3].map((factor) => expect.closeTo(1e-4 * factor, 12)));
    expect(stepsOf(short?.log ?? [])).toEqual(stepsOf(long?.log ?? []).slice(0, 2));
  });
});

describe('numbers that cannot be', () => {
  it.each<[Partial<TrainOptions>, string]>([
    [{ maxSteps: 1.5 }, 'maxSteps: expected a whole number of at least 0, got 1.5.'],
    [{ learningRate: Number.NaN }, 'learningRate: expected a number of at least 0, got NaN.'],
    [{ sampleEvery: -1 }, 'sampleEvery: expected a whole number of at least 0, got -1.'],
    [{ checkpointEvery: 0.5 }, 'checkpointEvery: expected a whole number of at least 0, got 0.5.'],
    [{ seed: -1 }, 'seed: expected a whole number of at least 0, got -1.'],
    [{ schedule: { kind: 'step', every: 0 } }, 'schedule.every: expected a whole number of at least 1, got 0.'],
    [{ schedule: { kind: 'linear', epochs: 1, decayEpochs: -1 } }, 'schedule.decayEpochs: expected a whole number of at least 0, got -1.'],
    [{ model: tinyModel({ poolSize: 0.5 }) }, 'poolSize: expected a whole number of at least 0, got 0.5.'],
    [{ resume: { step: -1, variables: {}, plateau: PLATEAU_START } }, 'resume.step: expected a whole number of at least 0, got -1.'],
  ])('are refused: %j', async (changed, message) => {
    const { log, error } = await events(options(changed));
    expect(log).toEqual([]);
    expect(error).toMatchObject({ name: 'ModelError', message });
  });

  it('leave running statistics out of the weights', async () => {
    const model = tinyModel({ generator: { ...TINY_GENERATOR, norm: 'batch' } });
    const { log } = await events(options({ model, data: batchesOf(model).source, maxSteps: 1 }));
    const networks = Object.entries((statesOf(log)[0] as TrainingState).variables).filter(([name]) => /^(gen|disc)/.test(name));
    const statistics = networks.filter(([name]) => /\/(mean|variance)$/.test(name));
    expect(statistics.length).toBeGreaterThan(0);
    const sizeOfAll = (record: typeof networks) => record.reduce((total, [, { data }]) => total + data.length, 0);
    const learnt = sizeOfAll(networks) - sizeOfAll(statistics);
    expect(log[0]).toMatchObject({ kind: 'ready', weights: learnt });
  });
});

describe('initial values', () => {
  const weight = 'genAB/stem/conv/weight';
  // the reference backend keeps f64
  const numbersOf = (record: TensorRecord) => Object.entries(record).map(([name, { data }]) => [name, Array.from(data)]);

  it('take the place of new ones at step 0, which is saved; all else is that of a fresh run, and it goes on from there', async () => {
    const [fresh, other] = await Promise.all([5, 6].map(async (seed) => initialValues(traceStep(tinyModel()), seed)));
    const initial = Object.fromEntries(Object.entries(other ?? {}).filter(([name]) => name.startsWith('genAB/')));
    const { log } = await events(options({ seed: 5, initial, maxSteps: 2 }));
    expect(log.map(label)).toEqual(['ready 0', 'checkpoint 0', 'step 1', 'step 2', 'checkpoint 2', 'done 2']);
    const [start, end] = statesOf(log);
    expect(start).toMatchObject({ step: 0, plateau: PLATEAU_START });
    expect(numbersOf(start?.variables ?? {})).toEqual(numbersOf({ ...fresh, ...initial }));
    expect(fresh?.[weight]).not.toEqual(initial[weight]);
    const { log: again } = await events(options({ seed: 5, maxSteps: 2, ...(start === undefined ? {} : { resume: start }) }));
    expect(statesOf(again)).toEqual([end]);
  });

  it('are refused by the name of a variable that the model does not have, and beside a state', async () => {
    const initial = { 'genAB/block9/conv1/weight': { shape: [1], dtype: 'f32', data: new Float32Array(1) } } as const;
    const { error } = await events(options({ initial }));
    expect(error).toMatchObject({ name: 'ModelError', message: expect.stringContaining('no variable genAB/block9/conv1/weight') });
    const both = await events(options({ initial, resume: { step: 1, variables: {}, plateau: PLATEAU_START } }));
    expect(both.error).toMatchObject({ name: 'ModelError', message: expect.stringContaining('resume and initial contradict each other') });
  });
});

describe('a state from another model', () => {
  const state = (model: ModelConfig) =>
    events(options({ model, data: batchesOf(model).source, maxSteps: 1 })).then(({ log }) => statesOf(log)[0] as TrainingState);

  it('is refused by the name of a variable that it lacks', async () => {
    const resume = await state(tinyModel());
    const { error } = await events(options({ model: tinyModel({ poolSize: 2 }), resume }));
    expect(error).toMatchObject({ name: 'ModelError' });
    expect(String(error)).toContain('there is no value for the variable pool/fakeB/images');
  });

  it('is refused by the name of a variable of another shape', async () => {
    const resume = await state(tinyModel());
    const { error } = await events(options({ model: tinyModel({ generator: { ...TINY_GENERATOR, filters: 3 } }), resume }));
    expect(error).toMatchObject({ name: 'BackendError' });
    expect(String(error)).toContain('variable genAB/stem/conv/weight: expected f32[3x3x7x7], got f32[2x3x7x7]');
  });

  it('is taken when it holds more than is asked for', async () => {
    const resume = await state(tinyModel({ poolSize: 2 }));
    const { log } = await events(options({ resume: { ...resume, plateau: PLATEAU_START }, maxSteps: 2 }));
    expect(log.map(label)).toEqual(['ready 1', 'step 2', 'checkpoint 2', 'done 2']);
  });
});

it('compiles for low memory when asked, with more nodes', async () => {
  const model = tinyModel({ height: 128, width: 64 });
  const nodes = async (changed: Partial<TrainOptions>) => {
    for await (const event of train(options({ model, ...changed }))) if (event.kind === 'ready') return event.nodes;
    return 0;
  };
  expect(await nodes({ memory: 'low' })).toBeGreaterThan(await nodes({ memory: 'fast' }));
  expect(await nodes({})).toBe(await nodes({ memory: 'fast' }));
});
