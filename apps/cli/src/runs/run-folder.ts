/**
 * The folder of a run: `config.json` (settings), `metrics.jsonl` (losses), `samples/`, and `checkpoints/` with a file for each step
 * that is kept. Knows what lies where and in what form, and nothing of training.
 */
import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseReferenceFileName } from '@cyclegan/formats';
import { z } from 'zod';
import { BACKENDS, DEVICES, MEMORY_USES, PRECISIONS } from '../backends.ts';
import { namesIn, onDisk } from '../disk.ts';
import { RunError, UsageError } from '../errors.ts';
import { METRICS } from '../evaluate/metric-names.ts';
import { kindOfPath, TEMPORARY, writeFileAtomic } from '../files.ts';
import { settingsSchema, wholeNumber } from '../settings/settings.ts';
import { didYouMean } from '../suggest.ts';
import { LOGGERS } from '../train/loggers.ts';
import { VISUALS } from '../train/visuals.ts';
import { runNames } from './run-names.ts';

/** The folder of a run's checkpoints. */
export const CHECKPOINTS = 'checkpoints';

/** What the name of a checkpoint that training does not go on from ends in. */
const SET_ASIDE = '.set-aside';

/** How a run is carried out: may change from one resume to the next. */
const executionSchema = z.strictObject({
  /** Folder of the data set; or the folders of its two domains. */
  data: z.string().optional(),
  dataA: z.string().optional(),
  dataB: z.string().optional(),
  backend: z.enum(BACKENDS),
  device: z.enum(DEVICES),
  threads: wholeNumber(1).optional(),
  memory: z.enum(MEMORY_USES).optional(),
  /** As the run began: it does not change. */
  precision: z.enum(PRECISIONS).optional(),
  /** Memory for decoded pictures, in units of 2^20 bytes. */
  cacheMb: wholeNumber(0).optional(),
  sampleEvery: wholeNumber(0),
  visuals: z.enum(VISUALS).optional(),
  checkpointEvery: wholeNumber(0),
  /** How many of the last checkpoints are kept. */
  keep: wholeNumber(1),
  /** The checkpoint at the end of every so many epochs is kept as well; 0 is of none. */
  keepEveryEpochs: wholeNumber(0),
  logger: z.enum(LOGGERS).optional(),
  /** Checkpoints of every so many steps are evaluated by these metrics, with these networks and this palette. */
  evalEvery: wholeNumber(1).optional(),
  eval: z.array(z.enum(METRICS)).min(1).optional(),
  fcn: z.string().optional(),
  features: z.string().optional(),
  palette: z.string().optional(),
  target: z.string().optional(),
});

const domainSchema = z.strictObject({ pictures: wholeNumber(1), names: z.string() });

const configSchema = z.strictObject({
  format: z.literal('cyclegan-run'),
  formatVersion: z.literal(1),
  settings: settingsSchema,
  execution: executionSchema,
  /** What the data set held: how many pictures of each domain, and a digest of their names; an imported run does not know. */
  dataset: z.strictObject({ A: domainSchema, B: domainSchema }).optional(),
  /** The file of the weights that it started from, where they were not new. */
  initFrom: z.string().optional(),
});

/** The text of config.json. */
const configFileSchema = z
  .string()
  .transform((text, context): unknown => {
    try {
      return JSON.parse(text);
    } catch {
      context.addIssue('it is not JSON');
      return z.NEVER;
    }
  })
  .pipe(configSchema);

/** How a run is carried out. */
export type Execution = z.output<typeof executionSchema>;

/** The contents of config.json. */
export type RunConfig = z.output<typeof configSchema>;

/** Paths of a run. */
export class RunFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** A file of the run, by its name. */
  file(name: string): string {
    return join(this.path, name);
  }

  get config(): string {
    return join(this.path, 'config.json');
  }

  /** Held by the process that trains the run. */
  get lock(): string {
    return join(this.path, 'lock');
  }

  get metrics(): string {
    return join(this.path, 'metrics.jsonl');
  }

  get checkpoints(): string {
    return join(this.path, CHECKPOINTS);
  }

  /** The checkpoint after a step. */
  checkpoint(step: number): string {
    return join(this.checkpoints, `step-${padded(step)}.safetensors`);
  }

  /** The steps that have a checkpoint, in order. */
  async checkpointSteps(): Promise<number[]> {
    const names = await this.#checkpointFiles();
    const steps = names.flatMap((name) => /^step-(\d+)\.safetensors$/.exec(name)?.[1] ?? []).map(Number);
    return steps.sort((a, b) => a - b);
  }

  /** The newest checkpoint's file, if there is one. */
  async latestCheckpoint(): Promise<string | undefined> {
    const step = (await this.checkpointSteps()).at(-1);
    return step === undefined ? undefined : this.checkpoint(step);
  }

  /** Files of single networks under the reference's names, as an import leaves them: the latest, or those of the highest epoch. */
  async networkFiles(): Promise<string[]> {
    const names = await onDisk(this.path, 'read', () => readdir(this.path));
    const files = names.sort().flatMap((name) => {
      const label = parseReferenceFileName(name)?.label;
      return label === undefined ? [] : [{ name, epoch: label === 'latest' ? Number.POSITIVE_INFINITY : Number(label) || 0 }];
    });
    const newest = Math.max(...files.map(({ epoch }) => epoch));
    return files.filter(({ epoch }) => epoch === newest).map(({ name }) => join(this.path, name));
  }

  /** Removes all checkpoints but the last `keep` and those whose step `keeps` wants. */
  async pruneCheckpoints({ keep, keeps }: { readonly keep: number; keeps(step: number): boolean }): Promise<void> {
    const surplus = (await this.checkpointSteps()).slice(0, -keep).filter((step) => !keeps(step));
    for (const step of surplus) await onDisk(this.checkpoint(step), 'written', () => rm(this.checkpoint(step), { force: true }));
  }

  /** Clears away what a process that was killed left half written, and sets aside checkpoints after `step`; returns the files set aside. */
  async tidyCheckpoints(step: number): Promise<string[]> {
    for (const name of await this.#checkpointFiles()) {
      if (name.endsWith(TEMPORARY)) await onDisk(join(this.checkpoints, name), 'written', () => rm(join(this.checkpoints, name)));
    }
    const later = (await this.checkpointSteps()).filter((other) => other > step).map((other) => this.checkpoint(other));
    for (const path of later) await onDisk(path, 'written', () => rename(path, `${path}${SET_ASIDE}`));
    return later.map((path) => `${path}${SET_ASIDE}`);
  }

  #checkpointFiles(): Promise<string[]> {
    return namesIn(this.checkpoints);
  }

  /** The sample grid of a step. */
  sample(step: number): string {
    return join(this.path, 'samples', `step-${padded(step)}.png`);
  }

  /** Whether anything has the name. */
  async exists(): Promise<boolean> {
    return (await kindOfPath(this.path)) !== 'nothing';
  }

  /**
   * Makes the folder of a new run, config.json in it, in one go, or leaves nothing behind; throws RunError when there is one, or it
   * cannot be made.
   */
  async create(config: RunConfig): Promise<void> {
    await this.createWith((made) => made.writeConfig(config));
  }

  /** As `create`, with what `fill` puts into the folder. */
  async createWith(fill: (made: RunFolder) => Promise<void>): Promise<void> {
    await onDisk(this.path, 'written', async () => {
      const runs = join(this.path, '..');
      await mkdir(runs, { recursive: true });
      const made = join(runs, `.new-${randomUUID()}`);
      await mkdir(made);
      try {
        await fill(new RunFolder(made));
        await rename(made, this.path);
      } catch (error) {
        await rm(made, { recursive: true, force: true });
        throw error;
      }
    });
  }

  async writeConfig(config: RunConfig): Promise<void> {
    await writeFileAtomic(this.config, [Buffer.from(`${JSON.stringify(config, null, 2)}\n`)]);
  }

  /** Reads config.json; throws RunError when it is missing or not as expected. */
  async readConfig(): Promise<RunConfig> {
    if ((await kindOfPath(this.config)) !== 'file')
      throw new RunError(
        `${this.path} is no run that can go on: it has no config.json. Check the name and --runs; imported weights start a new run with --init-from.`,
      );
    const result = configFileSchema.safeParse(await onDisk(this.config, 'read', () => readFile(this.config, 'utf8')));
    if (result.success) return result.data;
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message.replace(/\.$/, '')}`);
    throw new RunError(`${this.config} is not as expected (${problems.join('; ')}). Undo what was changed in it, or start a new run.`);
  }
}

/** A step so that names sort as numbers do. */
function padded(step: number): string {
  return String(step).padStart(6, '0');
}

/** Where run `name` lies, or will; throws UsageError for a name that is a path. */
export function runFolder(runs: string, name: string): RunFolder {
  if (!/^\w[\w.-]*$/.test(name))
    throw new UsageError(`--name '${name}': expected letters, digits, '.', '_' and '-', beginning with a letter or digit.`);
  return new RunFolder(join(runs, name));
}

/** The folder of a finished or unfinished run: by its name, or by its path; throws RunError when there is none. */
export async function findRun(runs: string, run: string): Promise<RunFolder> {
  for (const path of [join(runs, run), run]) {
    if ((await kindOfPath(path)) === 'folder') return new RunFolder(path);
  }
  const meant = didYouMean(run, await runNames(runs));
  throw new RunError(
    `there is no run '${run}'${meant || '.'} Looked for the folders ${join(runs, run)} and ${run}. Check the name and --runs.`,
  );
}
