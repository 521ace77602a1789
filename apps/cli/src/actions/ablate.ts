/** What `cyclegan ablate` does: trains the paper's ablations alike, one after the other, evaluates them, and prints its table beside ours. */
import { join } from 'node:path';
import type { Direction } from '@cyclegan/core';
import { type Budget, type BudgetRequest, scheduleFor, settleBudget } from '../ablation/budget.ts';
import { type AblationTable, type Method, methodsOf, TABLE, WHOLE } from '../ablation/methods.ts';
import type { BackendChoice } from '../backends.ts';
import { chooseEngine, type EngineRequest } from '../engines/choose-engine.ts';
import { EXIT } from '../errors.ts';
import type { ComparedRun } from '../evaluate/comparison.ts';
import type { EvaluationOptions, JudgementOptions, UpperBounds } from '../evaluate/evaluation.ts';
import { DEFAULT_JUDGEMENT } from '../evaluate/judgement-options.ts';
import { evaluateForComparison, tellComparison } from '../evaluate/write-comparison.ts';
import { RunFolder } from '../runs/run-folder.ts';
import type { PresetName } from '../settings/presets.ts';
import type { GivenSettings, Settings } from '../settings/settings.ts';
import { shellWord } from '../shell.ts';
import { isTown } from '../synth/synth-run.ts';
import { note, warn } from '../terminal/messages.ts';
import { openData } from '../train/data-source.ts';
import { planRun, planSettings, type TrainRequest } from '../train/run-plan.ts';
import { carryOut } from '../train/train-run.ts';

/** What was asked for. */
export interface AblateCall extends EngineRequest, Omit<JudgementOptions, 'seed' | 'direction'> {
  readonly table: AblationTable;
  readonly data: string;
  readonly name: string;
  readonly runsDir: string;
  /** The domain of label pictures. */
  readonly labelsIn?: 'A' | 'B';
  readonly budget?: BudgetRequest;
  readonly preset?: PresetName;
  readonly config?: string;
}

/** An ablation with everything decided. */
interface Ablation {
  readonly call: AblateCall;
  /** Holds the runs of all methods. */
  readonly folder: string;
  readonly engine: BackendChoice;
  readonly given: GivenSettings;
  /** Of the whole model. */
  readonly settings: Settings;
  readonly budget: Budget;
  readonly methods: readonly Method[];
  readonly judgement: JudgementOptions & { readonly direction: Direction };
  /** The command that goes on. */
  readonly continuation: string;
}

/** Trains what is not trained yet, and compares; the exit status. Throws as `planRun` and the metrics do. */
export async function ablate(call: AblateCall, given: GivenSettings): Promise<number> {
  const ablation = await prepare(call, given);
  const { methods, folder } = ablation;
  for (const [at, method] of methods.entries()) {
    const status = await trainMethod(ablation, method, `${at + 1} of ${methods.length}`);
    if (status !== EXIT.done) return status;
  }
  const { title, metric, published } = TABLE[call.table];
  const compared: ComparedRun[] = [];
  const upperBounds: UpperBounds = new Map();
  for (const { run, name } of methods) {
    const options: EvaluationOptions = { ...ablation.judgement, ...ablation.engine, run, runsDir: folder, data: call.data };
    compared.push(await evaluateForComparison(name, [metric], { options, upperBounds, folder: join(folder, run, 'evaluation') }));
  }
  const texts = { title, about: aboutBudget(ablation), published };
  await tellComparison(join(folder, `table-${call.table}`), compared, { texts, options: ablation.judgement, baseline: WHOLE });
  return EXIT.done;
}

async function prepare(call: AblateCall, given: GivenSettings): Promise<Ablation> {
  const { data, name, runsDir, table } = call;
  const folder = join(runsDir, name);
  const town = await isTown(data);
  // of a town, domain B holds the maps
  const labels = call.labelsIn ?? (town ? 'B' : 'A');
  const direction = (labels === 'A') === (table === 4) ? 'AtoB' : 'BtoA';
  const palette = call.palette ?? (town && table === 5 ? 'town-map' : undefined);
  // the paper has no identity loss on Cityscapes
  const basis: GivenSettings = call.preset === undefined && call.config === undefined ? { lambdaIdentity: 0, ...given } : given;
  const engine = await chooseEngine(call);
  const settings = await planSettings(requestOf({ call, engine, folder }, { settings: basis, resume: false }));
  const { source } = await openData(settings, { data }, warn);
  const budget = await settleBudget(join(folder, 'ablation.json'), {
    request: call.budget,
    settings,
    stepsPerEpoch: source.stepsPerEpoch,
    engine,
  });
  const fitted = call.budget === undefined ? {} : scheduleFor(budget, basis);
  return {
    call,
    folder,
    engine,
    given: { ...basis, ...fitted },
    settings,
    budget,
    methods: methodsOf(labels),
    judgement: { ...judgementOf(call), direction, ...(palette === undefined ? {} : { palette }) },
    continuation: `cyclegan ${process.argv
      .slice(2)
      .map((word) => shellWord(word))
      .join(' ')}`,
  };
}

/** What of a call is about judging: the rest of it, settings of the training, must not be taken for that. */
function judgementOf({ absent, voidDistance, neighbours, subsets, resamples, ...call }: AblateCall): JudgementOptions {
  const { fcn, interpolation, batch } = call;
  const given = Object.entries({ fcn, interpolation, batch }).filter(([, value]) => value !== undefined);
  return { absent, voidDistance, neighbours, subsets, resamples, seed: DEFAULT_JUDGEMENT.seed, ...Object.fromEntries(given) };
}

async function trainMethod(ablation: Ablation, { run, name, without }: Method, place: string): Promise<number> {
  const { folder, given, budget, continuation } = ablation;
  const made = new RunFolder(join(folder, run));
  const resume = await made.exists();
  if (resume && ((await made.checkpointSteps()).at(-1) ?? 0) >= budget.steps) {
    note(`${place}: ${name}, trained already`);
    return EXIT.done;
  }
  note(`${place}: ${name}`);
  const plan = await planRun({ ...requestOf(ablation, { settings: { ...given, ...without }, resume }), name: run });
  return carryOut({ ...plan, continuation }, { maxSteps: budget.steps });
}

/** A training of the ablation; one that goes on has its preset and file within its settings. */
function requestOf(
  { call: { preset, config, data }, engine, folder }: Pick<Ablation, 'call' | 'engine' | 'folder'>,
  { settings, resume }: Pick<TrainRequest, 'settings' | 'resume'>,
): TrainRequest {
  return { runs: folder, resume, settings, ...(resume ? {} : { preset, config }), execution: { ...engine, data } };
}

function aboutBudget({ call, settings, budget, judgement }: Ablation): string[] {
  const { width, height, ngf, blocks, generator, seed } = settings;
  const network = generator === 'resnet' ? `ResNet (filters: ${ngf}, blocks: ${blocks})` : `U-Net (filters: ${ngf})`;
  const epochs = budget.steps / budget.stepsPerEpoch;
  return [
    `Each trained for ${budget.steps} steps (${epochs.toFixed(epochs < 10 ? 1 : 0)} epochs) at ${width} x ${height}, ${network}, seed ${seed}, on ${call.data}; evaluated ${judgement.direction === 'AtoB' ? 'from A to B' : 'from B to A'}. ` +
      "A cycle is forward when it starts from a label picture. The paper's figures are of 200 epochs on 2975 pictures.",
  ];
}
