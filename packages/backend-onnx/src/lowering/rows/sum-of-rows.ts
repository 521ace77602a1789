/**
 * Matrices whose rows are sums of rows of another, as where tiles overlap. Rows that are sums of equally many come in blocks,
 * so each run of blocks gathers as often as its rows need, and the few rows that need more are added to afterwards.
 */
import { int, text } from '../attributes.ts';
import type { LoweringContext, Value } from '../context.ts';
import { concat } from '../operators.ts';
import { gather, type Picture, ZERO } from './gather.ts';

/** Channels up to which all summands of a row are gathered side by side. */
const THIN = 4;

/** Share of a block's rows that may need more than the others. */
const EXCEPTIONS = 0.2;

/** Runs beyond this many cost more than they save. */
const MOST_RUNS = 4;

/** Neighbouring blocks whose rows are sums of `count` rows. */
interface Run {
  readonly count: number;
  readonly start: number;
  readonly end: number;
}

/** The matrix whose row r is the sum of the rows sources[r] of a picture's matrix, `blocks` equal parts at a time. */
export function sumOfRows(context: LoweringContext, picture: Picture, sources: readonly (readonly number[])[], blocks: number): Value {
  const [, channels] = picture.shape;
  const most = sources.reduce((longest, { length }) => Math.max(longest, length), 1);
  if (most > 1 && channels <= THIN) {
    const index = Int32Array.from({ length: sources.length * most }, (_, at) => sources[Math.floor(at / most)]?.[at % most] ?? ZERO);
    return context.emit('ReduceSum', [gather(context, picture, index, [sources.length, most]), context.ints([1])], { keepdims: int(0) });
  }
  const runs = runsOf(sources, blocks);
  const parts = runs.map(({ count, start, end }) => summed(context, picture, sources.slice(start, end), [0, count]));
  return withExceptions(context, picture, concat(context, parts, 0), sources, runs);
}

/** Sums of the summands from the `first` to below the `last` of each row. */
function summed(
  context: LoweringContext,
  picture: Picture,
  sources: readonly (readonly number[])[],
  [first, last]: readonly [number, number],
): Value {
  const parts = Array.from({ length: last - first }, (_, k) => {
    const index = Int32Array.from(sources, (rows) => rows[first + k] ?? ZERO);
    return gather(context, picture, index, [index.length]);
  });
  return parts.reduce((sum, part) => context.emit('Add', [sum, part]));
}

function runsOf(sources: readonly (readonly number[])[], blocks: number): Run[] {
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
function usualCount(sources: readonly (readonly number[])[]): number {
  const lengths = sources.map(({ length }) => length).sort((a, b) => a - b);
  return Math.max(1, lengths[Math.ceil(lengths.length * (1 - EXCEPTIONS)) - 1] ?? 1);
}

/** Adds to the rows with more summands than their run what is left of them. */
function withExceptions(
  context: LoweringContext,
  picture: Picture,
  sums: Value,
  sources: readonly (readonly number[])[],
  runs: readonly Run[],
): Value {
  const rows = runs.flatMap(({ count, start, end }) =>
    sources.slice(start, end).flatMap((list, at) => (list.length > count ? [{ row: start + at, rest: list.slice(count) }] : [])),
  );
  if (rows.length === 0) return sums;
  const most = Math.max(...rows.map(({ rest }) => rest.length));
  const extra = summed(
    context,
    picture,
    rows.map(({ rest }) => rest),
    [0, most],
  );
  const index = context.indices(rows.map(({ row }) => [row]));
  return context.emit('ScatterND', [sums, index, extra], { reduction: text('add') });
}
