/** Random graphs of the ops that passes rewrite, for the tests beside this file: the same for a seed at every call. */
import { type Graph, type Tensor, trace } from '../../../src/graph/graph.ts';
import { broadcastShapes } from '../../../src/graph/infer.ts';
import * as ops from '../../../src/ops.ts';
import { randomStream } from '../../../src/random.ts';

const NUMBERS = [0, 1, -1, 2, 0.5];
const UNARY = [ops.neg, ops.relu, ops.tanh, ops.abs, ops.square];
const BINARY = [ops.add, ops.sub, ops.mul, ops.min, ops.max];
const RELATIONS = ['eq', 'lt', 'ge'] as const;

/** Chooses among few things. */
type Pick = <T>(choices: readonly T[]) => T;

/** A graph of `size` random steps from inputs `a` (2x3) and `b` (1x3); its outputs are every other result. */
export function randomGraph(seed: number, size = 26): Graph {
  const random = randomStream(seed, 'graph');
  let drawn = 0;
  const pick: Pick = (choices) => choices[random.integer(0, drawn++, choices.length)] as (typeof choices)[number];
  return trace((t) => {
    const pool: Tensor[] = [t.input('a', [2, 3]), t.input('b', [1, 3])];
    while (pool.length < size) {
      const made = pick(STEPS)(pick(pool), pick(pool), pick);
      if (made !== undefined) pool.push(made);
    }
    pool.forEach((tensor, k) => {
      if (k % 2 === 1) t.output(`y${k}`, tensor);
    });
  });
}

const STEPS: readonly ((x: Tensor, y: Tensor, pick: Pick) => Tensor | undefined)[] = [
  (x, _, pick) => pick(UNARY)(x),
  (x, _, pick) => ops.neg(pick([x, ops.neg(x)])),
  (x, _, pick) => pick(BINARY)(x, pick(NUMBERS)),
  (x, _, pick) => pick(BINARY)(pick(NUMBERS), x),
  (x, _, pick) => pick(BINARY)(x, ops.fill(x, pick(NUMBERS))),
  (x, y, pick) => (broadcastShapes(x.shape, y.shape) === undefined ? undefined : pick(BINARY)(x, y)),
  (x, y, pick) => (broadcastShapes(x.shape, y.shape) === undefined ? undefined : ops.cast(ops.compare(x, pick(RELATIONS), y), 'f32')),
  (x, y, pick) => (broadcastShapes(x.shape, y.shape) === undefined ? undefined : ops.select(ops.compare(x, pick(RELATIONS), 0), x, y)),
  (x) => (x.shape.length === 2 ? ops.transpose(x, [1, 0]) : undefined),
  (x) => ops.reshape(x, [...x.shape].reverse()),
  (x) => (x.shape.length < 3 ? ops.broadcast(x, [2, ...x.shape]) : undefined),
  (x) => (x.shape.length > 0 ? ops.sum(x, [0]) : undefined),
  (x) => (x.shape.length > 0 ? ops.sliceAxis(x, 0, 0, 1) : undefined),
];
