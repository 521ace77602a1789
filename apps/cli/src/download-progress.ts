/** How far a download is: one line that keeps changing in a terminal, a line now and then anywhere else. */
import { createLogUpdate } from 'log-update';
import { formatDuration } from './progress.ts';

/** Seconds between lines, in a terminal and elsewhere. */
const [TERMINAL_INTERVAL, PLAIN_INTERVAL] = [0.2, 10];

/** Shows bytes that arrive. */
export class DownloadProgress {
  readonly #stream: NodeJS.WriteStream;
  readonly #update: ReturnType<typeof createLogUpdate> | undefined;
  readonly #started = performance.now() / 1000;
  #first: number | undefined;
  #shown = this.#started;

  constructor(stream: NodeJS.WriteStream = process.stdout) {
    this.#stream = stream;
    // hiding the cursor would bring in signal handlers, which keep Ctrl-C from ending the program at once
    this.#update = stream.isTTY ? createLogUpdate(stream, { showCursor: true }) : undefined;
  }

  /** Shows that so many bytes are there, of a file of `size` where that is known. */
  show(received: number, size: number | undefined): void {
    this.#first ??= received;
    const now = performance.now() / 1000;
    if (now - this.#shown < (this.#update === undefined ? PLAIN_INTERVAL : TERMINAL_INTERVAL)) return;
    this.#shown = now;
    const line = progressLine({ received, size, rate: (received - this.#first) / (now - this.#started) });
    if (this.#update === undefined) this.#stream.write(`${line}\n`);
    else this.#update(line);
  }

  /** Leaves nothing of the changing line. */
  end(): void {
    this.#update?.clear();
    this.#update?.done();
  }
}

/** How far a download is, at `rate` bytes a second. */
export function progressLine({ received, size, rate }: { received: number; size: number | undefined; rate: number }): string {
  const speed = `${formatBytes(rate)}/s`;
  if (size === undefined) return `${formatBytes(received)}  ${speed}`;
  const left = rate > 0 ? `  ${formatDuration((size - received) / rate)} left` : '';
  return `${formatBytes(received)} of ${formatBytes(size)} (${Math.floor((100 * received) / size)}%)  ${speed}${left}`;
}

/** A number of bytes as people say it: `812 bytes`, `4.2 kB`, `111 MB`. */
export function formatBytes(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'];
  const power = Math.min(units.length - 1, bytes < 1000 ? 0 : Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** power;
  return `${power === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[power]}`;
}
