/** The losses of a run: one line of JSON for each step, appended as the steps are done. */

import { type FileHandle, open, readFile } from 'node:fs/promises';
import type { ModelConfig } from '@cyclegan/core';
import { toReferenceLosses } from '@cyclegan/formats';
import { onDisk } from '../disk.ts';
import { residentMb } from '../resident-memory.ts';
import type { Beginning, RunObserver, StepEvent } from '../train/observer.ts';

const NEWLINE = 0x0a;

/** A run's metrics.jsonl, appended to while the run is trained. */
export class MetricsLog implements RunObserver {
  readonly #path: string;
  readonly #kind: ModelConfig['kind'];
  #file: FileHandle | undefined;

  constructor(path: string, kind: ModelConfig['kind']) {
    this.#path = path;
    this.#kind = kind;
  }

  /** Opens or makes the file, cut back to the steps up to `step`: what follows was computed after the checkpoint that the run continues from. */
  async begin({ step }: Beginning): Promise<void> {
    await onDisk(this.#path, 'written', async () => {
      this.#file = await open(this.#path, 'a');
      await this.#file.truncate(lengthUpTo(await readFile(this.#path), step));
    });
  }

  /** Appends a step: its epoch counted from 1, losses under our names and under the reference's, and the memory that the program has. */
  async step({ step, epoch, learningRate, losses, seconds }: StepEvent): Promise<void> {
    const reference = toReferenceLosses(this.#kind, losses);
    const rssMb = residentMb();
    const line = { step, epoch: epoch + 1, learningRate, losses, reference, seconds, rssMb };
    await onDisk(this.#path, 'written', async () => this.#file?.appendFile(`${JSON.stringify(line)}\n`));
  }

  /** Resolves when all lines are on the disk. */
  async sync(): Promise<void> {
    await onDisk(this.#path, 'written', async () => this.#file?.datasync());
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** Bytes of the lines of the steps up to `done`; a last line without its end is not counted. */
function lengthUpTo(bytes: Buffer, done: number): number {
  let end = bytes.lastIndexOf(NEWLINE) + 1;
  while (end > 0) {
    const start = end === 1 ? 0 : bytes.lastIndexOf(NEWLINE, end - 2) + 1;
    if (stepOf(bytes.toString('utf8', start, end)) <= done) return end;
    end = start;
  }
  return 0;
}

/** The step of a line; infinite for a line that is none, so that it is dropped. */
function stepOf(line: string): number {
  try {
    const { step } = JSON.parse(line) as { readonly step?: unknown };
    return typeof step === 'number' ? step : Number.POSITIVE_INFINITY;
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}
