/** How a run is doing: one line that keeps changing in a terminal, a line now and then anywhere else. */
import { createLogUpdate } from 'log-update';
import colors from 'picocolors';
import type { StepEvent } from './metrics.ts';

/** Seconds between lines where there is no terminal. */
const PLAIN_INTERVAL = 10;
/** Share of the newest step in the average that predicts the time left. */
const NEWEST = 0.1;

/** Losses of A and B side by side, short. */
const LOSS_PAIRS: readonly (readonly [label: string, A: string, B: string])[] = [
  ['D', 'discA', 'discB'],
  ['G', 'ganAB', 'ganBA'],
  ['cycle', 'cycleA', 'cycleB'],
  ['idt', 'identityA', 'identityB'],
];

/** Where a run ends. */
export interface Extent {
  readonly lastStep: number;
  readonly epochs: number;
}

/** Writes to a stream how a run is doing. */
export class Progress {
  readonly #stream: NodeJS.WriteStream;
  readonly #extent: Extent;
  readonly #update: ReturnType<typeof createLogUpdate> | undefined;
  #average: number | undefined;
  #shown = Number.NEGATIVE_INFINITY;

  constructor(extent: Extent, stream: NodeJS.WriteStream = process.stdout) {
    this.#extent = extent;
    this.#stream = stream;
    // hiding the cursor would bring in signal handlers, which keep Ctrl-C from ending the program at once
    this.#update = stream.isTTY ? createLogUpdate(stream, { showCursor: true }) : undefined;
  }

  /** Shows a step. */
  step(event: StepEvent): void {
    this.#average = this.#average === undefined ? event.seconds : this.#average + NEWEST * (event.seconds - this.#average);
    const line = this.#line(event, this.#average);
    if (this.#update !== undefined) {
      this.#update(line.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1)));
      return;
    }
    const now = performance.now() / 1000;
    if (now - this.#shown < PLAIN_INTERVAL && event.step !== this.#extent.lastStep) return;
    this.#shown = now;
    this.#stream.write(`${line}\n`);
  }

  /** Says what takes a while, until something else is shown. */
  busy(text: string): void {
    if (this.#update === undefined) this.#stream.write(`${text}\n`);
    else this.#update(text);
  }

  /** Prints a line that stays. */
  note(text: string): void {
    this.#update?.clear();
    this.#stream.write(`${text}\n`);
  }

  /** Leaves the last line standing. */
  end(): void {
    this.#update?.done();
  }

  #line({ step, epoch, losses }: StepEvent, average: number): string {
    const { lastStep, epochs } = this.#extent;
    const pairs = LOSS_PAIRS.flatMap(([label, A, B]) => {
      const values = [losses[A], losses[B]].filter((value) => value !== undefined);
      return values.length === 0 ? [] : [`${label} ${values.map((value) => value.toPrecision(3)).join('/')}`];
    });
    const left = formatDuration((lastStep - step) * average);
    return `step ${step}/${lastStep}  epoch ${epoch + 1}/${epochs}  ${pairs.join(' ')}  ${average.toFixed(2)} s/step  ${left} left`;
  }
}

/** A time as people say it: `45 s`, `12 min`, `3 h 05 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 90) return `${Math.round(seconds)} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, '0')} min`;
}

/** Tells of something that is not as it should be, and goes on. */
export function warn(text: string): void {
  process.stderr.write(`${colors.yellow('warning:')} ${text}\n`);
}

/** Tells of what went wrong. */
export function complain(text: string): void {
  process.stderr.write(`${colors.red('error:')} ${text}\n`);
}
