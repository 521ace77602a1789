/**
 * Matrices whose rows are sums of rows of another, as where tiles overlap. Rows that are sums of equally many come in blocks,
 * so each run of blocks gathers as often as its rows need, and the few rows that need more are added to afterwards.
 */
import { int, text } from '../attributes.ts';
import type { LoweringContext, Value } from '../context.ts';
import { concat, sum } from '../operators.ts';
import { gather, type Picture, ZERO } from './gather.ts';

/** Channels up to which all summands of a row are gathered side by side. */
const THIN = 4;

/** Share of a block's rows that may need more than the others. */
const EXCEPTIONS = 0.2;

/** Runs beyond this many cost more than they save. */
const MOST_RUNS = 4;

/** How a matrix is summed from rows of another, by index maps; ZERO is a row of zeros. */
export interface SumPlan {
  /** Neighbouring rows, with as many index maps as they have summands. */
  readonly runs: readonly (readonly Int32Array[])[];
  /** Rows that have more, and their other summands. */
  readonly exceptions?: { readonly rows: readonly number[]; readonly extra: readonly Int32Array[] };
}

/** Neighbouring blocks whose rows are sums of `count` rows. */
interface Run {
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

/** The plan for a matrix whose rows are sums of one row per map, ZERO where there are no more; `blocks` equal parts at a time. */
export function planSum(maps: readonly Int32Array[], blocks: number): SumPlan {
  const [first = new Int32Array()] = maps;
  const counts = Uint8Array.from(first, (_, row) => maps.filter((map) => map[row] !== ZERO).length);
  const runs = runsOf(counts, blocks);
  const rows = runs.flatMap(({ count, start, end }) =>
    Array.from({ length: end - start }, (_, at) => start + at).filter((row) => (counts[row] ?? 0) > count),
  );
  const plan = { runs: runs.map(({ count, start, end }) => maps.slice(0, count).map((map) => map.slice(start, end))) };
  return rows.length === 0 ? plan : { ...plan, exceptions: { rows, extra: extraMaps(maps, rows, runs) } };
}

/** For some rows, the summands beyond those of their runs. */
function extraMaps(maps: readonly Int32Array[], rows: readonly number[], runs: readonly Run[]): Int32Array[] {
  const usual = rows.map((row) => runs.find(({ end }) => row < end)?.count ?? 0);
  const extra = (k: number) => Int32Array.from(rows, (row, at) => maps[(usual[at] ?? 0) + k]?.[row] ?? ZERO);
  const most = maps.length - Math.min(...usual);
  return Array.from({ length: most }, (_, k) => extra(k)).filter((map) => map.some((row) => row !== ZERO));
}

function runsOf(counts: Uint8Array, blocks: number): Run[] {
  const rows = counts.length / blocks;
  const runs: Run[] = [];
  for (let block = 0; block < blocks; block++) {
    const [start, end] = [block * rows, (block + 1) * rows];
    const count = usualCount(counts.slice(start, end));
    const last = runs.at(-1);
    if (last?.count === count) runs[runs.length - 1] = { ...last, end };
    else runs.push({ count, start, end });
  }
  return runs.length <= MOST_RUNS ? runs : [{ count: usualCount(counts.slice()), start: 0, end: counts.length }];
}

/** How many summands suffice for all but a few rows. */
function usualCount(counts: Uint8Array): number {
  return Math.max(1, counts.sort()[Math.ceil(counts.length * (1 - EXCEPTIONS)) - 1] ?? 1);
}

/** The matrix of a plan, from the rows of a picture's matrix. */
export function sumOfRows(context: LoweringContext, picture: Picture, { runs, exceptions }: SumPlan): Value {
  const matrix = concat(
    context,
    runs.map((maps) => summed(context, picture, maps)),
    0,
  );
  if (exceptions === undefined) return matrix;
  const index = context.indices(exceptions.rows.map((row) => [row]));
  return context.emit('ScatterND', [matrix, index, summed(context, picture, exceptions.extra)], { reduction: text('add') });
}

function summed(context: LoweringContext, picture: Picture, maps: readonly Int32Array[]): Value {
  const [, channels] = picture.shape;
  const [first = new Int32Array()] = maps;
  if (maps.length > 1 && channels <= THIN) {
    const index = Int32Array.from(
      { length: first.length * maps.length },
      (_, at) => maps[at % maps.length]?.[Math.floor(at / maps.length)] ?? ZERO,
    );
    const together = gather(context, picture, index, [first.length, maps.length]);
    return context.emit('ReduceSum', [together, context.ints([1])], { keepdims: int(0) });
  }
  return sum(
    context,
    maps.map((map) => gather(context, picture, map, [map.length])),
  );
}
