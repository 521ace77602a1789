/**
 * Gradients against finite differences, in f64 on the reference backend: for each input of a case, the change of the scalar
 * along one random direction against what the gradient graph predicts. First and second order are checked alike, since both
 * graphs are a scalar with its gradients.
 */
import type { Feeds, Program } from '../backend.ts';
import { compile } from '../compile.ts';
import { createReferenceBackend } from '../reference/index.ts';
import type { HostData, HostTensor } from '../tensor.ts';
import { type AnyOpCase, titleOf } from './op-case.ts';
import { type CaseGraph, GRADIENT, opCaseGraphs } from './op-case-graphs.ts';
import { randomTensor } from './random-tensors.ts';

/** One comparison: of the gradient with respect to `feed`, of first or second order. */
export interface GradientCheck {
  readonly case: string;
  readonly order: 1 | 2;
  readonly feed: string;
  /** Difference relative to the size of the terms that the prediction adds up. */
  readonly error: number;
  readonly tolerance: number;
  readonly passed: boolean;
}

const STEP = 2 ** -17;
const TOLERANCE = 1e-7;

/** Checks a case's gradients of both orders; empty for a case that excludes finite differences or has no gradient. */
export async function checkGradient(opCase: AnyOpCase): Promise<GradientCheck[]> {
  if (opCase.exclude?.finiteDifference !== undefined) return [];
  const { gradient, second } = opCaseGraphs(opCase);
  const title = titleOf(opCase);
  const checks: GradientCheck[] = [];
  for (const [order, caseGraph] of [[1, gradient] as const, [2, second] as const]) {
    if (caseGraph === undefined) continue;
    for (const [feed, error] of await finiteDifferences(caseGraph, title)) {
      checks.push({ case: title, order, feed, error, tolerance: TOLERANCE, passed: error <= TOLERANCE });
    }
  }
  return checks;
}

/** Errors by feed of a graph that has outputs `loss`, a scalar, and `grad/<feed>`; `key` seeds the directions. */
export async function finiteDifferences({ graph, feeds }: CaseGraph, key: string): Promise<Map<string, number>> {
  const backend = createReferenceBackend();
  const store = backend.createStore();
  const program = await compile(backend, graph, { store });
  try {
    const errors = new Map<string, number>();
    for (const name of graph.outputs.keys()) {
      if (!name.startsWith(GRADIENT)) continue;
      const feed = name.slice(GRADIENT.length);
      errors.set(feed, await differenceAlong(program, feeds, feed, key));
    }
    return errors;
  } finally {
    program.dispose();
    store.dispose();
  }
}

async function differenceAlong(program: Program, feeds: Feeds, feed: string, key: string): Promise<number> {
  const origin = feeds[feed] as HostTensor;
  const direction = randomTensor(origin.shape, `${key}/along/${feed}`).data;
  const lossAt = async (step: number) => {
    const moved = { ...origin, data: Float64Array.from(origin.data, (value, i) => value + step * (direction[i] ?? 0)) };
    return first(await fetch(program, { ...feeds, [feed]: moved }, 'loss'));
  };
  const measured = ((await lossAt(STEP)) - (await lossAt(-STEP))) / (2 * STEP);
  const gradient = await fetch(program, feeds, `${GRADIENT}${feed}`);
  const terms = Array.from(gradient, (value, i) => value * (direction[i] ?? 0));
  const predicted = terms.reduce((sum, term) => sum + term, 0);
  const scale = terms.reduce((sum, term) => sum + Math.abs(term), 0);
  return Math.abs(measured - predicted) / Math.max(scale, 1);
}

async function fetch(program: Program, feeds: Feeds, name: string): Promise<HostData> {
  const outputs = await program.run(feeds, { fetch: [name] });
  return ((await outputs[name]) as HostTensor).data;
}

const first = (data: HostData) => data[0] ?? Number.NaN;
