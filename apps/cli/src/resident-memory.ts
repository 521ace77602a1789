/** How much memory the program has. */

/** In units of 2^20 bytes. */
export function residentMb(): number {
  return Math.round(process.memoryUsage.rss() / 2 ** 20);
}
