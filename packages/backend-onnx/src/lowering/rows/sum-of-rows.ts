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

type Sources = readonly (readonly number[])[];

/** The plan for a matrix whose row r is the sum of the rows sources[r] of another, `blocks` equal parts at a time. */
export function planSum(sources: Sources, blocks: number): SumPlan {
  const runs = runsOf(sources, blocks);
  const exceptional = runs.flatMap(({ count, start, end }) =>
    sources.slice(start, end).flatMap((list, at) => (list.length > count ? [{ row: start + at, rest: list.slice(count) }] : [])),
  );
  const rests = exceptional.map(({ rest }) => rest);
  const most = rests.reduce((longest, { length }) => Math.max(longest, length), 0);
  const plan = { runs: runs.map(({ count, start, end }) => indexMaps(sources.slice(start, end), count)) };
  return most === 0 ? plan : { ...plan, exceptions: { rows: exceptional.map(({ row }) => row), extra: indexMaps(rests, most) } };
}

/** For each of the first `count` summands, the row that it is for each row. */
function indexMaps(sources: Sources, count: number): Int32Array[] {
  return Array.from({ length: count }, (_, k) => Int32Array.from(sources, (rows) => rows[k] ?? ZERO));
}

function runsOf(sources: Sources, blocks: number): Run[] {
  const rows = sources.length / blocks;
  const runs: Run[] = [];
  for (let block = 0; block < blocks; block++) {
    const [start, end] = [block * rows, (block + 1) * rows];
    const count = usualCount(sources.slice(start, end));
    const last = runs.at(-1);
    if (last?.count === count) runs[runs.length - 1] = { ...last, end };
    else runs.push({ count, start, end });
  }
  return runs.length <= MOST_RUNS ? runs : [{ count: usualCount(sources), start: 0, end: sources.length }];
}

/** How many summands suffice for all but a few rows. */
function usualCount(sources: Sources): number {
  const lengths = Uint32Array.from(sources, ({ length }) => length).sort();
  return Math.max(1, lengths[Math.ceil(lengths.length * (1 - EXCEPTIONS)) - 1] ?? 1);
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
