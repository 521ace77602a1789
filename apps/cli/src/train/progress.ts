/** How a run is doing, on one changing line. */

import { ChangingLine } from '../terminal/changing-line.ts';
import { formatDuration, warn } from '../terminal/messages.ts';
import type { StepEvent } from './observer.ts';
import { Pace } from './pace.ts';

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

/** Tells how a run is doing. */
export class Progress {
  readonly #extent: Extent;
  readonly #line = new ChangingLine();
  readonly #pace = new Pace();
  #begun = false;

  constructor(extent: Extent) {
    this.#extent = extent;
  }

  /** Shows a step. */
  step(event: StepEvent): void {
    const matters = !this.#begun || event.step === this.#extent.lastStep;
    this.#begun = true;
    this.#line.show(this.#describe(event, this.#pace.add(event.seconds)), matters);
  }

  /** Says what takes a while, until something else is shown. */
  busy(text: string): void {
    this.#line.show(text, true);
  }

  /** Prints a line that stays. */
  note(text: string): void {
    this.#line.clear();
    process.stdout.write(`${text}\n`);
  }

  /** Prints a warning. */
  warning(text: string): void {
    this.#line.clear();
    warn(text);
  }

  /** Leaves the last line standing. */
  end(): void {
    this.#line.end();
  }

  #describe({ step, epoch, losses }: StepEvent, average: number): string {
    const { lastStep, epochs } = this.#extent;
    const pairs = LOSS_PAIRS.flatMap(([label, A, B]) => {
      const values = [losses[A], losses[B]].filter((value) => value !== undefined);
      return values.length === 0 ? [] : [`${label} ${values.map((value) => value.toPrecision(3)).join('/')}`];
    });
    const left = formatDuration((lastStep - step) * average);
    // losses last: a narrow terminal cuts them, not the time left
    return `step ${step}/${lastStep}  epoch ${epoch + 1}/${epochs}  ${left} left  ${average.toFixed(2)} s/step  ${pairs.join(' ')}`;
  }
}
