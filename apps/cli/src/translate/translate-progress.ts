/** How far translating is: a line for each picture that stays, and one below that keeps changing. */
import { ChangingLine } from '../terminal/changing-line.ts';
import { complain, formatDuration } from '../terminal/messages.ts';

/** Counts pictures and shows how they fared. */
export class TranslateProgress {
  readonly #total: number;
  readonly #started = performance.now();
  readonly #line = new ChangingLine();
  #done = 0;
  #failed = 0;
  #kept = 0;

  constructor(total: number) {
    this.#total = total;
    this.#show();
  }

  /** Pictures that failed. */
  get failed(): number {
    return this.#failed;
  }

  done(line: string): void {
    this.#done++;
    this.#line.clear();
    process.stdout.write(`${line}\n`);
    this.#show();
  }

  fail(message: string): void {
    this.#failed++;
    this.#line.clear();
    complain(message);
    this.#show();
  }

  /** Counts a picture that was translated before. */
  kept(): void {
    this.#kept++;
    this.#show();
  }

  /** Removes the changing line, and sums up where there is anything to sum up. */
  end(): void {
    this.#line.clear();
    this.#line.end();
    const kept = this.#kept === 0 ? '' : `${this.#kept} skipped, `;
    if (this.#failed + this.#kept > 0 || this.#done > 1) process.stdout.write(`${this.#done} translated, ${kept}${this.#failed} failed.\n`);
  }

  #show(): void {
    const finished = this.#done + this.#failed;
    const total = this.#total - this.#kept;
    if (finished === total) return;
    const seconds = (performance.now() - this.#started) / 1000;
    const left = finished === 0 ? '' : `  ${formatDuration((seconds / finished) * (total - finished))} left`;
    this.#line.show(`${finished}/${total}${left}`);
  }
}
