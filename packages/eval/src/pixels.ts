/** Pictures as metrics see them: samples side by side, rows from the top. Knows no files, networks or colour spaces. */

/** A picture of height x width x channels samples; 0 is black and, unless a metric is told another peak, 255 white. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: ArrayLike<number>;
}

/** What was given cannot be measured; the message says what was expected and what to do. */
export class MetricError extends Error {
  override name = 'MetricError';
}

/** Throws MetricError, beginning with `what`, when two pictures differ in size or channels. */
export function checkSameSize(what: string, a: Pixels, b: Pixels): void {
  if (a.width === b.width && a.height === b.height && a.channels === b.channels) return;
  throw new MetricError(`${what}: expected two pictures of one size, got ${formatPixels(a)} and ${formatPixels(b)}; resize one of them.`);
}

/** Size as people write it, width first: `256x128, 3 channels`. */
export function formatPixels({ width, height, channels }: Pixels): string {
  return `${width}x${height}, ${channels} ${channels === 1 ? 'channel' : 'channels'}`;
}

/** The samples of one channel, rows from the top. */
export function planeOf({ width, height, channels, data }: Pixels, channel: number): Float64Array {
  const plane = new Float64Array(width * height);
  for (let at = 0; at < plane.length; at++) plane[at] = data[at * channels + channel] ?? 0;
  return plane;
}
