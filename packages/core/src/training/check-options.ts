/**
 * Whether what a caller asks of the trainer makes sense, so that a wrong number fails with its name before anything is compiled.
 * Types say what is there, this says what it may be.
 */
import { ModelError } from '../models/specs.ts';
import { sameShape } from '../tensor.ts';
import type { BatchSource } from './batch-source.ts';
import type { ModelConfig } from './model.ts';
import type { Schedule } from './schedule.ts';

/** What is checked; see TrainOptions. */
interface Checked {
  readonly model: ModelConfig;
  readonly data: BatchSource;
  readonly learningRate: number;
  readonly schedule: Schedule;
  readonly seed: number;
  readonly maxSteps: number;
  readonly sampleEvery?: number;
  readonly checkpointEvery?: number;
  readonly checkpointEveryEpochs?: number;
  readonly resume?: { readonly step: number };
  readonly initial?: unknown;
}

/** Throws ModelError naming the first option that cannot be, or data that is not of the model's shape. */
export function checkTrainOptions(options: Checked): void {
  const { model, data, learningRate, seed, maxSteps, sampleEvery = 0, checkpointEvery = 0, checkpointEveryEpochs = 0, resume } = options;
  const poolSize = model.kind === 'cyclegan' ? model.poolSize : 0;
  wholeNumbers({ seed, sampleEvery, checkpointEvery, checkpointEveryEpochs, poolSize, 'resume.step': resume?.step ?? 0 }, 0);
  wholeNumbers({ batch: model.batch, stepsPerEpoch: data.stepsPerEpoch }, 1);
  if (maxSteps !== Number.POSITIVE_INFINITY) wholeNumbers({ maxSteps }, 0);
  if (!(learningRate >= 0 && Number.isFinite(learningRate)))
    throw new ModelError(`learningRate: expected a number of at least 0, got ${learningRate}.`);
  if (resume !== undefined && options.initial !== undefined)
    throw new ModelError(
      'resume and initial contradict each other: a run goes on from its state, or starts with given values; give one of them.',
    );
  checkSchedule(options.schedule);
  checkShape(model, data);
}

/** A step-wise schedule that never steps, or a cosine of no length, would divide by 0. */
function checkSchedule({ kind, ...numbers }: Schedule): void {
  const named = Object.fromEntries(Object.entries(numbers).map(([name, value]) => [`schedule.${name}`, Number(value)]));
  wholeNumbers(named, kind === 'step' || kind === 'cosine' ? 1 : 0);
}

function wholeNumbers(values: Readonly<Record<string, number>>, least: number): void {
  for (const [name, value] of Object.entries(values)) {
    if (!Number.isSafeInteger(value) || value < least)
      throw new ModelError(`${name}: expected a whole number of at least ${least}, got ${value}.`);
  }
}

function checkShape({ batch, height, width, generatorAB }: ModelConfig, { shape }: BatchSource): void {
  const want = [batch, generatorAB.inputChannels, generatorAB.outputChannels, height, width];
  const got = [shape.batch, shape.channels.A, shape.channels.B, shape.height, shape.width];
  if (sameShape(want, got)) return;
  throw new ModelError(
    `the data gives batches of ${got.join(', ')} (batch, channels of A, channels of B, height, width), the model takes ${want.join(', ')}; give both the same settings.`,
  );
}
