/** What `train` is about to do: a new run, or one that goes on, with settings resolved and contradictions refused. */
import { resolve } from 'node:path';
import { crops } from '@cyclegan/data';
import { BACKENDS, mixesPrecision, takesThreads } from '../backends.ts';
import { chooseEngine, type EngineRequest } from '../engines/choose-engine.ts';
import { RunError, UsageError } from '../errors.ts';
import { type LoadedCheckpoint, resumeFrom } from '../runs/checkpoint.ts';
import { type Execution, type RunConfig, type RunFolder, runFolder } from '../runs/run-folder.ts';
import { runNames } from '../runs/run-names.ts';
import { openRunWeights, type RunWeights } from '../runs/run-weights.ts';
import { readConfigFile } from '../settings/config-file.ts';
import { DEFAULT_RUNS } from '../settings/options.ts';
import { PRESETS, type PresetName } from '../settings/presets.ts';
import { flagOf } from '../settings/setting-options.ts';
import {
  fillIn,
  type GivenSettings,
  layered,
  modelOf,
  resolveSettings,
  type Settings,
  spelledOut,
  withoutEffect,
} from '../settings/settings.ts';
import { shellWord } from '../shell.ts';
import { didYouMean } from '../suggest.ts';
import { type DataPlace, uniformSize } from './data-source.ts';
import { type InitialWeights, initialWeights, settingsLike } from './init-from.ts';
import { evaluationPlan } from './run-evaluations.ts';

/** How a run is to be carried out, as far as that was said. */
export type ExecutionRequest = Partial<Omit<Execution, keyof EngineRequest>> & EngineRequest;

/** What `train` was asked. */
export interface TrainRequest {
  readonly name?: string | undefined;
  readonly runs: string;
  readonly resume: boolean;
  /** A run, by its name or folder, or a file, whose weights a new run starts from. */
  readonly initFrom?: string | undefined;
  readonly settings: GivenSettings;
  readonly preset?: PresetName | undefined;
  /** A file of settings, below those given. */
  readonly config?: string | undefined;
  readonly execution: ExecutionRequest;
  readonly maxSteps?: number | undefined;
  /** Go on from the checkpoint of this step instead of the newest. */
  readonly fromStep?: number | undefined;
}

type NamedRequest = TrainRequest & { readonly name: string };

/** A run that can start. */
export interface RunPlan {
  readonly folder: RunFolder;
  readonly settings: Settings;
  readonly execution: Execution;
  /** The command that goes on with the run, should it be stopped. */
  readonly continuation: string;
  /** Where a run that exists stands; `checkpoint` is missing when it ended before the first. */
  readonly resumed?: { readonly config: RunConfig; readonly checkpoint: LoadedCheckpoint | undefined };
  /** The weights it starts from, where they are not new. */
  readonly initial?: InitialWeights;
}

type PlanOfKind = Omit<RunPlan, 'continuation'>;

/** How a run is carried out unless it is said, on an engine that is chosen by itself. */
export const DEFAULT_EXECUTION = { sampleEvery: 500, checkpointEvery: 500, keep: 2, keepEveryEpochs: 50 } as const;

/** Plans what was asked for; throws UsageError when it contradicts itself or the run, RunError when the run cannot be read. */
export async function planRun(request: TrainRequest): Promise<RunPlan> {
  const { name, runs, resume } = request;
  if (name === undefined) throw new UsageError("required option '--name <run>' not specified: give the run a name.");
  const folder = runFolder(runs, name);
  const plan = await (resume ? planResume(folder, { ...request, name }) : planNew(folder, { ...request, name }));
  evaluationPlan(plan.execution);
  checkPrecision(plan.execution);
  return { ...plan, continuation: continuation({ ...request, name }) };
}

function checkPrecision({ backend, precision = 'f32' }: Execution): void {
  if (precision === 'f32' || mixesPrecision(backend)) return;
  const others = BACKENDS.filter(mixesPrecision).map((other) => `--backend ${other}`);
  throw new UsageError(`--precision ${precision}: the ${backend} backend computes in f32; leave it out, or use ${others.join(' or ')}.`);
}

function continuation({ name, runs, maxSteps }: NamedRequest): string {
  const place = runs === DEFAULT_RUNS ? '' : ` --runs ${shellWord(runs)}`;
  return `cyclegan train --name ${name}${place} --resume${maxSteps === undefined ? '' : ` --max-steps ${maxSteps}`}`;
}

async function planNew(folder: RunFolder, request: NamedRequest): Promise<PlanOfKind> {
  const { name, execution, fromStep } = request;
  if (fromStep !== undefined) throw new UsageError('--from-step goes with --resume: a new run has no checkpoints to go on from.');
  const place = placeOf(execution) ?? noPlace();
  const start = await startOf(request, place);
  if (await folder.exists())
    throw new RunError(
      `the run '${name}' exists already (${folder.path}); continue it with --resume, choose another --name, or delete that folder.`,
    );
  return {
    folder,
    ...start,
    execution: { ...DEFAULT_EXECUTION, ...withoutEngine(execution), ...(await chooseEngine(execution)), ...place },
  };
}

function noPlace(): never {
  throw new UsageError(
    '--data is missing: give the folder that holds trainA and trainB (or A and B), or two folders by --data-a and --data-b.',
  );
}

/** The settings that a new run would have; throws as `planRun` does, for want of pictures only where they decide the size. */
export async function planSettings(request: TrainRequest): Promise<Settings> {
  if (request.resume)
    throw new UsageError('--print-config is for new runs: the settings of a run are in its config.json; leave out --resume.');
  return (await startOf(request, placeOf(request.execution))).settings;
}

type Start = Pick<RunPlan, 'settings' | 'initial'>;

/** Settings like those of the weights to start from, below preset, file and command line, the last winning. */
async function startOf({ settings: given, preset, config, initFrom, runs }: TrainRequest, place: DataPlace | undefined): Promise<Start> {
  const chosen = layered(preset === undefined ? {} : PRESETS[preset], config === undefined ? {} : await readConfigFile(config), given);
  if (initFrom === undefined) return { settings: await resolved(chosen, given, place) };
  const source = await openRunWeights(runs, initFrom);
  const settings = await resolved(layered(settingsLike(source), chosen), given, place);
  return { settings, initial: initialWeights(source, modelOf(settings), takenFrom(source, fillIn(chosen), settings)) };
}

/** The settings of a source that make a difference. */
function takenFrom(source: RunWeights, without: Settings, settings: Settings): GivenSettings {
  const names = Object.keys(settingsLike(source)) as (keyof Settings)[];
  return Object.fromEntries(names.filter((name) => settings[name] !== without[name]).map((name) => [name, settings[name]]));
}

/** All settings; where nothing is cropped, the pictures decide the size. `given` are those of the command line. */
async function resolved(chosen: GivenSettings, given: GivenSettings, place: DataPlace | undefined): Promise<Settings> {
  const filled = fillIn(chosen);
  for (const { name, where } of withoutEffect(given, filled))
    throw new UsageError(`${flagOf(name)} has no effect here, it belongs to ${where}: leave it out, or give that.`);
  if (crops(filled.preprocess)) return resolveSettings(chosen);
  return resolveSettings(layered(chosen, await uniformSize(filled, place ?? noPlace())));
}

async function planResume(folder: RunFolder, request: NamedRequest): Promise<PlanOfKind> {
  const { name, settings: given, execution: changes } = request;
  if (request.initFrom !== undefined)
    throw new UsageError('--init-from is for new runs: --resume goes on from the own weights of a run; leave one of them out.');
  if (request.preset !== undefined || request.config !== undefined)
    throw new UsageError('--preset and --config are for new runs: a run goes on with its own settings; leave them out.');
  if (!(await folder.exists())) throw await noRun(folder, request);
  const config = await folder.readConfig();
  const { settings, execution } = config;
  const unwanted = contradictions(spelledOut(given, settings), settings);
  if (unwanted !== '')
    throw new UsageError(
      `the run '${name}' was made with other settings: ${unwanted}. A run cannot change them; leave them out, or start a new run: from its weights with --init-from ${name}, or with its other settings by --config ${folder.config}.`,
    );
  const { precision = 'f32' } = execution;
  if ((changes.precision ?? precision) !== precision)
    throw new UsageError(
      `the run '${name}' is trained in ${precision}, which a run cannot change: leave --precision out, or start a new run.`,
    );
  const checkpoint = await resumeFrom(folder, request.fromStep);
  const changed = checkpoint === undefined ? '' : contradictions({ maxPictures: undefined, ...settings }, checkpoint.settings);
  if (changed !== '')
    throw new RunError(
      `${folder.config} contradicts the run's checkpoint: ${changed}. A run cannot change its settings; put them back, or start a new run.`,
    );
  return {
    folder,
    settings,
    execution: await carriedOn(execution, changes),
    resumed: { config, checkpoint },
    ...(await startAgain(request, config, checkpoint)),
  };
}

async function noRun({ path }: RunFolder, { name, runs }: NamedRequest): Promise<RunError> {
  const meant = didYouMean(name, await runNames(runs));
  return new RunError(`there is no run '${name}' to resume (${path})${meant || '.'} Check --name and --runs.`);
}

/** The weights that a run started from, where it has to start again. */
async function startAgain(
  { runs }: TrainRequest,
  { settings, initFrom }: RunConfig,
  checkpoint?: LoadedCheckpoint,
): Promise<Pick<RunPlan, 'initial'>> {
  if (checkpoint !== undefined || initFrom === undefined) return {};
  return { initial: initialWeights(await openRunWeights(runs, initFrom), modelOf(settings)) };
}

/** How a run is carried out that went on as `before`, but for `changes`; throws as `chooseEngine`. */
async function carriedOn(before: Execution, changes: ExecutionRequest): Promise<Execution> {
  // an imported run does not know of any pictures
  const place = placeOf(changes) ?? placeOf(before) ?? noPlace();
  const { data: _, dataA: __, dataB: ___, ...carried } = before;
  return { ...withoutEngine(carried), ...withoutEngine(changes), ...(await chooseEngine(engineOf(before, changes))), ...place };
}

/** All but the engine, which is chosen by itself. */
function withoutEngine<Options extends ExecutionRequest>({ backend: _, device: __, threads: ___, ...others }: Options) {
  return others;
}

/** The engine to go on with: device and threads belong to a backend, another one does not inherit them. */
function engineOf({ backend, device, threads }: Execution, changes: EngineRequest): EngineRequest {
  if ((changes.backend ?? backend) !== backend) return changes;
  const engine = { backend, device: changes.device ?? device };
  return { ...engine, threads: changes.threads ?? (takesThreads(engine) ? threads : undefined) };
}

/** Where the pictures lie, in full paths; undefined when nothing says so. */
function placeOf({ data, dataA, dataB }: DataPlace): Pick<Execution, 'data' | 'dataA' | 'dataB'> | undefined {
  if (data !== undefined && (dataA ?? dataB) !== undefined)
    throw new UsageError(
      '--data and --data-a or --data-b contradict each other: give one folder that holds both domains, or a folder for each.',
    );
  if (data !== undefined) return { data: resolve(data) };
  if (dataA !== undefined && dataB !== undefined) return { dataA: resolve(dataA), dataB: resolve(dataB) };
  if ((dataA ?? dataB) !== undefined) throw new UsageError('--data-a and --data-b go together: give the folder of each domain.');
  return undefined;
}

/** Settings that differ from those of a run, as `--ngf 8 (it has 4)`; empty when none does. */
function contradictions(given: GivenSettings, settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(given)
    .filter(([name, value]) => value !== settings[name])
    .map(([name, value]) =>
      typeof value === 'boolean' ? flagOf(name) : `${flagOf(name)} ${value ?? 'none'} (it has ${settings[name] ?? 'none'})`,
    )
    .join(', ');
}
