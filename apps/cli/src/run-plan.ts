/** What `train` is about to do: a new run, or one that goes on, with settings resolved and contradictions refused. */
import { resolve } from 'node:path';
import { crops } from '@cyclegan/data';
import { type LoadedCheckpoint, resumeFrom } from './checkpoint.ts';
import { readConfigFile } from './config-file.ts';
import { type DataPlace, uniformSize } from './data-source.ts';
import { RunError, UsageError } from './errors.ts';
import { flagOf } from './options.ts';
import { PRESETS, type PresetName } from './presets.ts';
import { DEFAULT_RUNS, type Execution, type RunConfig, type RunFolder, runFolder } from './run-folder.ts';
import { fillIn, type GivenSettings, layered, resolveSettings, type Settings, spelledOut, withoutEffect } from './settings.ts';

/** What `train` was asked. */
export interface TrainRequest {
  readonly name: string;
  readonly runs: string;
  readonly resume: boolean;
  readonly settings: GivenSettings;
  readonly preset?: PresetName | undefined;
  /** A file of settings, below those given. */
  readonly config?: string | undefined;
  readonly execution: Partial<Execution>;
  readonly maxSteps?: number | undefined;
  /** Go on from the checkpoint of this step instead of the newest. */
  readonly fromStep?: number | undefined;
}

/** A run that can start. */
export interface RunPlan {
  readonly folder: RunFolder;
  readonly settings: Settings;
  readonly execution: Execution;
  /** The command that goes on with the run, should it be stopped. */
  readonly continuation: string;
  /** Where a run that exists stands; `checkpoint` is missing when it ended before the first. */
  readonly resumed?: { readonly config: RunConfig; readonly checkpoint: LoadedCheckpoint | undefined };
}

const DEFAULT_EXECUTION = { backend: 'onnx', device: 'cpu', sampleEvery: 500, checkpointEvery: 500, keep: 2, keepEveryEpochs: 50 } as const;

/** Plans what was asked for; throws UsageError when it contradicts itself or the run, RunError when the run cannot be read. */
export async function planRun(request: TrainRequest): Promise<RunPlan> {
  const folder = runFolder(request.runs, request.name);
  const plan = await (request.resume ? planResume(folder, request) : planNew(folder, request));
  return { ...plan, continuation: continuation(request) };
}

function continuation({ name, runs, maxSteps }: TrainRequest): string {
  const place = runs === DEFAULT_RUNS ? '' : ` --runs ${JSON.stringify(runs)}`;
  return `cyclegan train --name ${name}${place} --resume${maxSteps === undefined ? '' : ` --max-steps ${maxSteps}`}`;
}

async function planNew(folder: RunFolder, request: TrainRequest): Promise<Omit<RunPlan, 'continuation'>> {
  const { name, execution, fromStep } = request;
  const place = placeOf(execution);
  if (fromStep !== undefined) throw new UsageError('--from-step goes with --resume: a new run has no checkpoints to go on from.');
  if (place === undefined)
    throw new UsageError(
      '--data is missing: give the folder that holds trainA and trainB (or A and B), or two folders by --data-a and --data-b.',
    );
  const resolved = await settingsOf(request, place);
  if (await folder.exists())
    throw new RunError(
      `the run '${name}' exists already (${folder.path}); continue it with --resume, choose another --name, or delete that folder.`,
    );
  return { folder, settings: resolved, execution: { ...DEFAULT_EXECUTION, ...execution, ...place } };
}

/** Settings from preset, file and command line, the last winning; where nothing is cropped, the pictures decide the size. */
async function settingsOf({ settings: given, preset, config }: TrainRequest, place: DataPlace): Promise<Settings> {
  const chosen = layered(preset === undefined ? {} : PRESETS[preset], config === undefined ? {} : await readConfigFile(config), given);
  const filled = fillIn(chosen);
  for (const { name, where } of withoutEffect(given, filled))
    throw new UsageError(`${flagOf(name)} has no effect here, it belongs to ${where}: leave it out, or give that.`);
  if (crops(filled.preprocess)) return resolveSettings(chosen);
  return resolveSettings(layered(chosen, await uniformSize(filled, place)));
}

async function planResume(folder: RunFolder, request: TrainRequest): Promise<Omit<RunPlan, 'continuation'>> {
  const { name, settings: given, execution: changes } = request;
  if (request.preset !== undefined || request.config !== undefined)
    throw new UsageError('--preset and --config are for new runs: a run goes on with its own settings; leave them out.');
  if (!(await folder.exists())) throw new RunError(`there is no run '${name}' to resume (${folder.path}); check --name and --runs.`);
  const config = await folder.readConfig();
  const { settings, execution } = config;
  const unwanted = contradictions(spelledOut(given, settings), settings);
  if (unwanted !== '')
    throw new UsageError(
      `the run '${name}' was made with other settings: ${unwanted}. A run cannot change them; leave them out, or start a new run.`,
    );
  const checkpoint = await resumeFrom(folder, request.fromStep);
  const changed = checkpoint === undefined ? '' : contradictions(settings, checkpoint.settings);
  if (changed !== '')
    throw new RunError(
      `${folder.config} contradicts the run's checkpoint: ${changed}. A run cannot change its settings; put them back, or start a new run.`,
    );
  const place = placeOf(changes) ?? placeOf(execution);
  const { data: _, dataA: __, dataB: ___, ...carried } = execution;
  // device and threads belong to a backend: another one does not inherit them
  const { device: ____, threads: _____, ...others } = carried;
  const inherited =
    (changes.backend ?? execution.backend) === execution.backend ? carried : { ...others, device: DEFAULT_EXECUTION.device };
  return { folder, settings, execution: { ...inherited, ...changes, ...place }, resumed: { config, checkpoint } };
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
function contradictions(given: Partial<Settings>, settings: Readonly<Record<string, unknown>>): string {
  return Object.entries(given)
    .filter(([name, value]) => value !== settings[name])
    .map(([name, value]) => (typeof value === 'boolean' ? flagOf(name) : `${flagOf(name)} ${value} (it has ${settings[name] ?? 'none'})`))
    .join(', ');
}
