/**
 * The folder of a run: `config.json` (settings), `metrics.jsonl` (losses), `samples/` and `checkpoints/`. Knows what lies where
 * and in what form, and nothing of training.
 */
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { BACKENDS, DEVICES } from './backends.ts';
import { onDisk } from './disk.ts';
import { RunError, UsageError } from './errors.ts';
import { kindOfPath, writeFileAtomic } from './files.ts';
import { settingsSchema, wholeNumber } from './settings.ts';

/** Where runs lie unless another folder is given. */
export const DEFAULT_RUNS = 'runs';

/** How a run is carried out: may change from one resume to the next. */
const executionSchema = z.strictObject({
  /** Folder of the data set. */
  data: z.string(),
  backend: z.enum(BACKENDS),
  device: z.enum(DEVICES),
  threads: wholeNumber(1).optional(),
  sampleEvery: wholeNumber(0),
  checkpointEvery: wholeNumber(0),
});

const domainSchema = z.strictObject({ pictures: wholeNumber(1), names: z.string() });

const configSchema = z.strictObject({
  format: z.literal('cyclegan-run'),
  formatVersion: z.literal(1),
  settings: settingsSchema,
  execution: executionSchema,
  /** What the data set held: how many pictures of each domain, and a digest of their names. */
  dataset: z.strictObject({ A: domainSchema, B: domainSchema }),
});

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

  get checkpoint(): string {
    return join(this.path, 'checkpoints', 'latest.safetensors');
  }

  /** The sample grid of a step. */
  sample(step: number): string {
    return join(this.path, 'samples', `step-${String(step).padStart(6, '0')}.png`);
  }

  /** Whether anything has the name. */
  async exists(): Promise<boolean> {
    return (await kindOfPath(this.path)) !== 'nothing';
  }

  /** Makes the folder of a new run, or leaves nothing behind; throws RunError when there is one, or it cannot be made. */
  async create(config: RunConfig): Promise<void> {
    await onDisk(this.path, 'written', async () => {
      await mkdir(join(this.path, '..'), { recursive: true });
      await mkdir(this.path);
    });
    try {
      await this.writeConfig(config);
    } catch (error) {
      await rm(this.path, { recursive: true });
      throw error;
    }
  }

  async writeConfig(config: RunConfig): Promise<void> {
    await writeFileAtomic(this.config, [Buffer.from(`${JSON.stringify(config, null, 2)}\n`)]);
  }

  /** Reads config.json; throws RunError when it is missing or not as expected. */
  async readConfig(): Promise<RunConfig> {
    if ((await kindOfPath(this.config)) !== 'file')
      throw new RunError(`${this.path} is not the folder of a run: it has no config.json. Check the name and --runs.`);
    const result = configSchema.safeParse(parseJson(await onDisk(this.config, 'read', () => readFile(this.config, 'utf8'))));
    if (result.success) return result.data;
    const problems = result.error.issues.map(({ path, message }) => `${path.join('.') || 'the file'}: ${message.replace(/\.$/, '')}`);
    throw new RunError(`${this.config} is not as expected (${problems.join('; ')}). Undo what was changed in it, or start a new run.`);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
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
  throw new RunError(`there is no run '${run}': looked for the folders ${join(runs, run)} and ${run}. Check the name and --runs.`);
}
