/** How far a count has come: one line that keeps changing in a terminal, a line now and then anywhere else. */
import { createLogUpdate } from 'log-update';
import { formatDuration } from './progress.ts';

/** Seconds between lines where there is no terminal. */
const PLAIN_INTERVAL = 10;

/** Counts what is done and tells how long the rest will take. */
export class CountProgress {
  readonly #total: number;
  readonly #what: string;
  readonly #stream: NodeJS.WriteStream;
  readonly #update: ReturnType<typeof createLogUpdate> | undefined;
  readonly #started = performance.now();
  #shown = performance.now();
  #done = 0;

  /** `what` is counted, in the plural. */
  constructor(total: number, what: string, stream: NodeJS.WriteStream = process.stdout) {
    this.#total = total;
    this.#what = what;
    this.#stream = stream;
    // hiding the cursor would bring in signal handlers, which keep Ctrl-C from ending the program at once
    this.#update = stream.isTTY ? createLogUpdate(stream, { showCursor: true }) : undefined;
  }

  /** How many are done. */
  get done(): number {
    return this.#done;
  }

  /** One more is done. */
  advance(): void {
    this.#done++;
    const now = performance.now();
    const left = formatDuration((((now - this.#started) / this.#done) * (this.#total - this.#done)) / 1000);
    const line = `${this.#done}/${this.#total} ${this.#what}  ${left} left`;
    this.#update?.(line);
    if (this.#update !== undefined || now - this.#shown < 1000 * PLAIN_INTERVAL) return;
    this.#shown = now;
    this.#stream.write(`${line}\n`);
  }

  /** Removes the changing line. */
  end(): void {
    this.#update?.clear();
    this.#update?.done();
  }
}
