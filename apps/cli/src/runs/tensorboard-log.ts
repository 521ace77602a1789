/**
 * A run as TensorBoard shows it: event files in the run's folder, one for each session, with the scalars of every step, the sample
 * pictures and the settings. Knows which events go where and when; their bytes are made by formats.
 */

import { type FileHandle, mkdir, open, readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { eventRecord, type TensorBoardContent, type TensorBoardValue } from '@cyclegan/formats';
import { onDisk } from '../disk.ts';
import { residentMb } from '../resident-memory.ts';
import { formatSettings } from '../settings/config-file.ts';
import type { Beginning, Ending, RunEvaluation, RunObserver, SavedSample, StepEvent } from '../train/observer.ts';
import type { Run } from '../train/run.ts';

/** The folder of a run's event files. */
export const TENSORBOARD = 'tensorboard';

/** What events wait for at most before they are written, in seconds, while there are steps. */
const FLUSH_SECONDS = 5;

/** TensorBoard reads the files of a folder in the order of their names: the time of the session, in seconds. */
const FILE_NAME = /^events\.out\.tfevents\.(\d+)\.cyclegan$/;

/** A run's event files, written while the run is trained. */
export class TensorBoardLog implements RunObserver {
  readonly #run: Pick<Run, 'folder' | 'settings'>;
  #path = '';
  /** The real pictures are shown once: they stay the same. */
  #realShown = false;
  #file: FileHandle | undefined;
  #waiting: Uint8Array[] = [];
  #flushed = 0;
  /** Resolves when all that was flushed is in the file. */
  #writing: Promise<void> = Promise.resolve();

  constructor(run: Pick<Run, 'folder' | 'settings'>) {
    this.#run = run;
  }

  /** Makes a file of its own, which declares void what was computed after the checkpoint that the run goes on from. */
  async begin({ step, engine }: Beginning): Promise<void> {
    const { folder, settings } = this.#run;
    const parent = folder.file(TENSORBOARD);
    await onDisk(parent, 'written', () => mkdir(parent, { recursive: true }));
    this.#path = join(parent, nextName(await onDisk(parent, 'read', () => readdir(parent)), now()));
    this.#file = await onDisk(this.#path, 'written', () => open(this.#path, 'ax'));
    this.#add(step, { kind: 'version' });
    this.#add(step + 1, { kind: 'start' });
    const text = `${engine.name} on ${engine.device.kind} (${engine.device.description})\n\n${indented(formatSettings(settings))}`;
    this.#add(step, { kind: 'values', values: [{ kind: 'text', tag: 'settings', text }] });
    await this.#flush();
  }

  async step({ step, learningRate, losses, seconds }: StepEvent): Promise<void> {
    const memoryMb = residentMb();
    const values = [
      ...Object.entries(losses).map(([name, value]) => scalar(`loss/${name}`, value)),
      ...Object.entries({ learningRate, secondsPerStep: seconds, memoryMb }).map(([name, value]) => scalar(`training/${name}`, value)),
    ];
    this.#add(step, { kind: 'values', values });
    if (now() - this.#flushed >= FLUSH_SECONDS) await this.#flush();
  }

  async sample({ step, path, fixed }: SavedSample): Promise<void> {
    const kinds = this.#realShown ? (['fake'] as const) : (['real', 'fake'] as const);
    this.#realShown = true;
    const values = [await image('samples/last', path)];
    for (const { paths } of fixed) {
      for (const kind of kinds) {
        const file = paths[kind];
        if (file !== undefined) values.push(await image(`fixed/${basename(dirname(file))} ${kind}`, this.#run.folder.file(file)));
      }
    }
    this.#add(step, { kind: 'values', values });
  }

  evaluation({ step, figures }: RunEvaluation): void {
    this.#add(step, { kind: 'values', values: figures.map(({ name, value }) => scalar(`evaluation/${name}`, value)) });
  }

  async sync(): Promise<void> {
    await this.#flush();
  }

  async end({ status }: Ending): Promise<void> {
    const flushed = this.#flush();
    // what made training fail tells more than what comes of it
    await (status === 'failed' ? flushed.catch(() => undefined) : flushed);
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }

  #add(step: number, content: TensorBoardContent): void {
    this.#waiting.push(eventRecord({ wallTime: Date.now() / 1000, step, content }));
  }

  /** Appends what waits; what is added meanwhile waits for the next time. */
  #flush(): Promise<void> {
    const events = Buffer.concat(this.#waiting);
    this.#waiting = [];
    this.#flushed = now();
    // one after the other: samples come beside steps, and records keep their order
    this.#writing = this.#writing.then(() => onDisk(this.#path, 'written', async () => this.#file?.appendFile(events)));
    return this.#writing;
  }
}

/** A name after those of all earlier sessions, also where the clock went back or sessions are short. */
export function nextName(names: readonly string[], seconds: number): string {
  const earlier = names.flatMap((name) => FILE_NAME.exec(name)?.[1] ?? []).map(Number);
  return `events.out.tfevents.${Math.max(Math.floor(seconds), ...earlier.map((time) => time + 1))}.cyclegan`;
}

async function image(tag: string, path: string): Promise<TensorBoardValue> {
  return { kind: 'image', tag, png: await onDisk(path, 'read', () => readFile(path)) };
}

function scalar(tag: string, value: number): TensorBoardValue {
  return { kind: 'scalar', tag, value };
}

/** As Markdown shows a text as it is. */
function indented(text: string): string {
  return text.replace(/^/gm, '    ');
}

function now(): number {
  return Date.now() / 1000;
}
