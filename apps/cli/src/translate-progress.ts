/** How far translating is: a line for each picture that stays, and in a terminal one below that keeps changing. */
import { createLogUpdate } from 'log-update';
import { complain, formatDuration } from './progress.ts';

/** Counts pictures and shows how they fared. */
export class TranslateProgress {
  readonly #total: number;
  readonly #started = performance.now();
  readonly #update: ReturnType<typeof createLogUpdate> | undefined;
  #done = 0;
  #failed = 0;

  constructor(total: number, stream: NodeJS.WriteStream = process.stdout) {
    this.#total = total;
    // hiding the cursor would bring in signal handlers, which keep Ctrl-C from ending the program at once
    this.#update = stream.isTTY ? createLogUpdate(stream, { showCursor: true }) : undefined;
    this.#show();
  }

  /** Pictures that failed. */
  get failed(): number {
    return this.#failed;
  }

  done(line: string): void {
    this.#done++;
    this.#update?.clear();
    process.stdout.write(`${line}\n`);
    this.#show();
  }

  fail(message: string): void {
    this.#failed++;
    this.#update?.clear();
    complain(message);
    this.#show();
  }

  /** Removes the changing line, and sums up where there is anything to sum up. */
  end(): void {
    this.#update?.clear();
    this.#update?.done();
    if (this.#failed > 0 || this.#done > 1) process.stdout.write(`${this.#done} translated, ${this.#failed} failed.\n`);
  }

  #show(): void {
    const finished = this.#done + this.#failed;
    if (finished === this.#total) return;
    const seconds = (performance.now() - this.#started) / 1000;
    const left = finished === 0 ? '' : `  ${formatDuration((seconds / finished) * (this.#total - finished))} left`;
    this.#update?.(`${finished}/${this.#total}${left}`);
  }
}
