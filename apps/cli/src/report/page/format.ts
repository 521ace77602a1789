/** Numbers and times as the page shows them. */

/** A count, with its thousands apart. */
export function formatCount(count: number): string {
  return count.toLocaleString('en');
}

/** A measured value: three digits, very small and very large ones with a power of ten. */
export function formatValue(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size < 1e-3 || size >= 1e6) return Number(value.toPrecision(3)).toExponential();
  if (size >= 1000) return formatCount(Math.round(value));
  return String(Number(value.toPrecision(3)));
}

/** A time, with the day unless it is today's. */
export function formatTime(milliseconds: number): string {
  const time = new Date(milliseconds);
  const clock = time.toLocaleTimeString('en-GB');
  return time.toDateString() === new Date().toDateString() ? `today at ${clock}` : `on ${time.toLocaleDateString('en-GB')} at ${clock}`;
}
