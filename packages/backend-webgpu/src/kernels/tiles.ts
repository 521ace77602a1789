/** The ways in which a product is cut into tiles: variants to choose from. */

/** A workgroup computes `m` x `n` elements, each thread `rows` x `columns` of them, `k` terms at a time. */
export interface Tile {
  readonly m: number;
  readonly n: number;
  readonly k: number;
  readonly rows: number;
  readonly columns: 4 | 8;
}

/** Variants by name. */
export const TILES = {
  '4x32': { m: 4, n: 32, k: 8, rows: 4, columns: 4 },
  '4x128': { m: 4, n: 128, k: 16, rows: 4, columns: 4 },
  '16x16': { m: 16, n: 16, k: 8, rows: 4, columns: 4 },
  '16x64': { m: 16, n: 64, k: 16, rows: 4, columns: 4 },
  '32x32': { m: 32, n: 32, k: 16, rows: 4, columns: 4 },
  '64x32': { m: 64, n: 32, k: 16, rows: 8, columns: 4 },
  '64x64': { m: 64, n: 64, k: 16, rows: 4, columns: 4 },
  '64x128': { m: 64, n: 128, k: 16, rows: 8, columns: 8 },
  '128x64': { m: 128, n: 64, k: 16, rows: 8, columns: 8 },
  '128x128': { m: 128, n: 128, k: 8, rows: 8, columns: 8 },
} as const satisfies Readonly<Record<string, Tile>>;

/** Name of a variant. */
export type TileName = keyof typeof TILES;

/** Threads of a workgroup. */
export function threadsOf({ m, n, rows, columns }: Tile): number {
  return (m / rows) * (n / columns);
}

/** Bytes of workgroup memory: both operands' tiles, that of a with a column between rows so that they fall into different banks. */
export function workgroupBytes({ m, n, k }: Tile): number {
  return 4 * k * (m + 1 + n);
}

/** Workgroups that a device should have at least, before its tiles become larger. */
const ENOUGH = 64;

/** The variant that suits a result of `m` x `n` without measuring: the largest tile that is filled, and of which there are enough. */
export function usualTile(m: number, n: number): TileName {
  if (m <= 4) return n < 32 * ENOUGH ? '4x32' : '4x128';
  const enough = (name: TileName) => Math.ceil(m / TILES[name].m) * Math.ceil(n / TILES[name].n) >= ENOUGH;
  if (m > 32 && n > 32 && enough('64x64')) return '64x64';
  if (m > 16 && n > 16 && enough('32x32')) return '32x32';
  return n > 16 && enough('16x64') ? '16x64' : '16x16';
}

/** The variant for a software adapter, given the usual one: it runs as long with any, and compiles several times as long with large ones. */
export function softwareTile(usual: string): TileName {
  return TILES[usual as TileName].m <= 4 ? '4x32' : '16x16';
}

/** Variants worth measuring for a result of `m` x `n`, among those that fit into a workgroup. */
export function candidateTiles(
  m: number,
  n: number,
  { invocationsPerWorkgroup, workgroupBytes: most }: { readonly invocationsPerWorkgroup: number; readonly workgroupBytes: number },
): readonly TileName[] {
  const names = Object.keys(TILES) as TileName[];
  const fits = (tile: Tile) => threadsOf(tile) <= invocationsPerWorkgroup && workgroupBytes(tile) <= most;
  // a tile that is more than half empty loses to the next smaller one
  const isFilled = (tile: Tile) => (tile.m <= 16 || tile.m < 2 * m) && (tile.n <= 32 || tile.n < 2 * n);
  return names.filter((name) => fits(TILES[name]) && isFilled(TILES[name]));
}
