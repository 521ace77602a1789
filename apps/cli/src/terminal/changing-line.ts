/** One line that keeps changing in a terminal, and is printed now and then anywhere else. Knows nothing of what it tells. */
import { createLogUpdate } from 'log-update';
import { canRewrite } from './abilities.ts';
import { setStanding } from './standing-line.ts';

/** Seconds between lines, in a terminal and elsewhere. */
const [TERMINAL_INTERVAL, PLAIN_INTERVAL] = [0.1, 10];

/** A stream's last line. */
export class ChangingLine {
  readonly #stream: NodeJS.WriteStream;
  readonly #update: ReturnType<typeof createLogUpdate> | undefined;
  #shown: number;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
    // hiding the cursor would bring in signal handlers, which keep Ctrl-C from ending the program at once
    this.#update = canRewrite(stream) ? createLogUpdate(stream, { showCursor: true }) : undefined;
    this.#shown = this.#update === undefined ? now() : Number.NEGATIVE_INFINITY;
  }

  /** Shows a text, cut to the width of the terminal; not when the one before is hardly older, but for one that `matters`. */
  show(text: string, matters = false): void {
    const interval = this.#update === undefined ? PLAIN_INTERVAL : TERMINAL_INTERVAL;
    if (!matters && now() - this.#shown < interval) return;
    this.#shown = now();
    if (this.#update === undefined) this.#stream.write(`${text}\n`);
    else this.#put(this.#update, text);
  }

  /** Removes it, so that something else can be printed in its place. */
  clear(): void {
    if (this.#update === undefined) return;
    this.#update.clear();
    setStanding(undefined);
    this.#shown = Number.NEGATIVE_INFINITY;
  }

  /** Leaves it standing as it is. */
  end(): void {
    if (this.#update === undefined) return;
    this.#update.done();
    setStanding(undefined);
  }

  #put(update: ReturnType<typeof createLogUpdate>, text: string): void {
    update(text.slice(0, Math.max(20, (this.#stream.columns ?? 80) - 1)));
    setStanding({ hide: () => update.clear(), restore: () => this.#put(update, text) });
  }
}

function now(): number {
  return performance.now() / 1000;
}
