/** Carrying out a training run, from its pictures to an exit status. */
import { findDomains } from '@cyclegan/data';
import { EXIT } from '../errors.ts';
import { networkOf } from '../evaluate/fcn.ts';
import { catchInterrupt } from '../interrupt.ts';
import { Report } from '../report/report.ts';
import { MetricsLog } from '../runs/metrics.ts';
import { takeLock } from '../runs/run-lock.ts';
import { TensorBoardLog } from '../runs/tensorboard-log.ts';
import { modelOf, scheduleOf, totalSteps } from '../settings/settings.ts';
import { shellWord } from '../shell.ts';
import { warn } from '../terminal/messages.ts';
import { openData } from './data-source.ts';
import { chooseFixedPictures, NO_FIXED_PICTURES } from './fixed-pictures.ts';
import { JsonLog, printEvent } from './json-log.ts';
import type { LogForm } from './loggers.ts';
import type { RunObserver } from './observer.ts';
import type { Run } from './run.ts';
import { evaluationPlan, RunEvaluations } from './run-evaluations.ts';
import type { RunPlan } from './run-plan.ts';
import { RunWriter } from './run-writer.ts';
import { TextLog } from './text-log.ts';
import { withRemedy } from './train-advice.ts';
import { trainInThread } from './train-thread.ts';

/** How to train what was planned, this time. */
export interface RunOptions {
  /** Steps that the run is to have in the end; all of its schedule unless given. */
  readonly maxSteps?: number | undefined;
  /** How it is told on standard output: for people unless given. */
  readonly log?: LogForm | undefined;
  /** Whether the time of kernels is measured and told. */
  readonly profile?: boolean | undefined;
}

/** Trains as planned and returns the exit status; throws what the trainer, the data or the disk throw. */
export async function carryOut(plan: RunPlan, options: RunOptions = {}): Promise<number> {
  if (plan.resumed === undefined) return prepare(plan, options);
  // at once: another process must not train on while this one compiles
  const unlock = await takeLock(plan.folder.lock);
  return prepare(plan, options).finally(unlock);
}

async function prepare(plan: RunPlan, { maxSteps = Number.POSITIVE_INFINITY, log = 'text', profile }: RunOptions): Promise<number> {
  const { settings, execution, resumed, folder } = plan;
  const cacheBytes = execution.cacheMb === undefined ? undefined : execution.cacheMb * 2 ** 20;
  const { source: data, summary: dataset, domains: train } = await openData(settings, { ...execution, cacheBytes }, warn);
  const total = totalSteps(settings, data.stepsPerEpoch);
  const lastStep = Math.min(total, maxSteps);
  const done = resumed?.checkpoint?.state.step ?? 0;
  if (resumed !== undefined && done >= lastStep) {
    const next = howToGoOn(plan, done < total);
    if (log === 'json') printEvent('end', { status: 'done', step: done, saved: done, next });
    else process.stdout.write(`${folder.path} has ${done} steps already, of ${lastStep} asked for: nothing to do. ${next}\n`);
    return EXIT.done;
  }
  const evaluation = evaluationPlan(execution);
  // what is missing is better told of now than after the first thousand steps
  if (evaluation !== undefined) await findDomains(execution.data ?? '', 'test');
  if (evaluation?.metrics.includes('fcn')) await networkOf(execution);
  const evaluations = evaluation && new RunEvaluations(folder, execution, evaluation);
  const fixed = execution.sampleEvery === 0 ? NO_FIXED_PICTURES : await chooseFixedPictures(settings, execution, { train, notify: warn });
  return follow({ ...plan, data, dataset, fixed, evaluations, lastStep }, { log, profile });
}

/** How to train further than was asked for: a schedule that has come to its end stays there. */
function howToGoOn({ folder }: RunPlan, unfinished: boolean): string {
  if (unfinished) return 'Ask for more with --max-steps, or leave it out.';
  return `Train on from its weights in a new run: cyclegan train --data DATA --name NAME --init-from ${shellWord(folder.path)}`;
}

/** Who follows a run: its own files before standard output, which is to tell of nothing that is not on the disk. */
function observersOf(run: Run, log: LogForm): RunObserver[] {
  const { folder, settings, execution } = run;
  return [
    new MetricsLog(folder.metrics, modelOf(settings).kind),
    new Report(run),
    ...(execution.logger === 'tensorboard' ? [new TensorBoardLog(run)] : []),
    log === 'json' ? new JsonLog(run) : new TextLog(run),
  ];
}

/** Trains, and writes down what happens. */
async function follow(run: Run, { log, profile }: { readonly log: LogForm; readonly profile: boolean | undefined }): Promise<number> {
  const { settings, execution, resumed, initial, data, fixed, lastStep } = run;
  const model = modelOf(settings);
  const writer = new RunWriter(run, observersOf(run, log));
  const interrupt = catchInterrupt(() => writer.stopping());
  const { backend, device, threads, memory, precision } = execution;
  const job = {
    choice: { backend, device, threads, tune: true, choices: resumed?.checkpoint?.state.choices, kernelTimes: profile },
    model,
    learningRate: settings.lr,
    schedule: scheduleOf(settings),
    seed: settings.seed,
    maxSteps: lastStep,
    ...(memory === undefined ? {} : { memory }),
    ...(precision === undefined ? {} : { precision }),
    sampleEvery: execution.sampleEvery,
    sampleBatches: fixed.batches,
    samplePatches: execution.visuals === 'all',
    checkpointEvery: execution.checkpointEvery,
    checkpointEveryEpochs: execution.keepEveryEpochs,
    ...(resumed?.checkpoint === undefined ? {} : { resume: resumed.checkpoint.state }),
    ...(initial === undefined ? {} : { initial: await initial.read() }),
  };
  try {
    for await (const event of trainInThread({ job, data, signal: interrupt.signal })) await writer.take(event);
  } catch (error) {
    await writer.fail(error);
    throw withRemedy(error);
  } finally {
    interrupt.stop();
    await writer.close();
  }
  return writer.interrupted ? EXIT.interrupted : EXIT.done;
}
