/** How far a download is. */
import { ChangingLine } from '../terminal/changing-line.ts';
import { formatDuration } from '../terminal/messages.ts';

/** Shows bytes that arrive. */
export class DownloadProgress {
  readonly #line = new ChangingLine();
  readonly #started = performance.now();
  #first: number | undefined;

  /** Shows that so many bytes are there, of a file of `size` where that is known. */
  show(received: number, size: number | undefined): void {
    this.#first ??= received;
    const seconds = (performance.now() - this.#started) / 1000;
    this.#line.show(progressLine({ received, size, rate: (received - this.#first) / seconds }));
  }

  /** Leaves nothing of it. */
  end(): void {
    this.#line.clear();
    this.#line.end();
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
