/**
 * Parity: every op case on a backend, forward against the oracles, gradient graphs of first and second order against the
 * reference backend's values. A row that did not pass is a failure.
 */
import type { Backend } from '../backend.ts';
import { createReferenceBackend } from '../reference/index.ts';
import type { HostTensor, TensorRecord } from '../tensor.ts';
import { describeDifference, difference } from './compare.ts';
import { inHalf, narrowed, rounded, widened } from './half.ts';
import { type AnyOpCase, type Precision, titleOf, toleranceOf } from './op-case.ts';
import { type CaseGraph, opCaseGraphs } from './op-case-graphs.ts';
import { OP_CASES } from './op-cases.ts';
import { expectedOutputs } from './oracles/oracles.ts';
import { runGraph, timeGraph } from './run-graph.ts';

/** What of a case is run: the op, its gradient, or the gradient of its gradient. */
export type ParityKind = 'forward' | 'gradient' | 'second';

/** One graph of one case on the backend. */
export interface ParityRow {
  readonly case: string;
  readonly kind: ParityKind;
  /** Largest error over the outputs, relative to the largest value of each; infinite when the graph could not be run. */
  readonly error: number;
  readonly tolerance: number;
  readonly passed: boolean;
  /** Time of the quickest of a few runs once it is compiled, by the clock that was given. */
  readonly milliseconds?: number;
  /** What differs, or the error that the backend threw; only for rows that did not pass. */
  readonly message?: string;
}

/** A graph that was not run, and why. */
export interface ParityExclusion {
  readonly case: string;
  readonly reason: string;
}

/** What `runParity` found. */
export interface ParityReport {
  readonly backend: string;
  readonly rows: readonly ParityRow[];
  /** Cases without gradient graphs. */
  readonly excluded: readonly ParityExclusion[];
}

/** How a case is run. */
export interface CaseOptions {
  readonly kinds?: readonly ParityKind[];
  /** Arithmetic of the backend, which decides the tolerances. */
  readonly precision?: Precision;
  /** A clock of milliseconds: with it, forward graphs run several times and are timed. */
  readonly clock?: () => number;
}

/** What to run. */
export interface ParityOptions extends CaseOptions {
  readonly cases?: readonly AnyOpCase[];
}

/** What came of one case. */
export interface CaseResult {
  readonly rows: readonly ParityRow[];
  /** Why it has no gradient graphs, when it has none. */
  readonly whyNoGradient?: string;
}

/** Gradients chain several ops, so their rounding is allowed to be that much larger. */
const SLACK: Readonly<Record<ParityKind, number>> = { forward: 1, gradient: 5, second: 20 };

/** Runs the cases on the backend that `createBackend` makes, and disposes of it. Never throws for a case: a graph that fails is a row that did not pass. */
export async function runParity(
  createBackend: () => Backend | Promise<Backend>,
  { cases = OP_CASES, ...options }: ParityOptions = {},
): Promise<ParityReport> {
  const backend = await createBackend();
  try {
    const rows: ParityRow[] = [];
    const excluded: ParityExclusion[] = [];
    for (const opCase of cases) {
      const result = await runParityCase(backend, opCase, options);
      rows.push(...result.rows);
      if (result.whyNoGradient !== undefined) excluded.push({ case: titleOf(opCase), reason: result.whyNoGradient });
    }
    return { backend: `${backend.name} (${backend.device.description})`, rows, excluded };
  } finally {
    await backend.dispose();
  }
}

/** Runs the graphs of one case. Never throws: a graph that fails is a row that did not pass. */
export async function runParityCase(
  backend: Backend,
  opCase: AnyOpCase,
  { kinds = ['forward', 'gradient', 'second'], precision = 'f32', clock }: CaseOptions = {},
): Promise<CaseResult> {
  const { whyNoGradient, ...graphs } = opCaseGraphs(opCase);
  const rows: ParityRow[] = [];
  for (const kind of kinds) {
    const caseGraph = graphs[kind];
    if (caseGraph !== undefined) rows.push(await parityRow(backend, opCase, { kind, caseGraph, precision, clock }));
  }
  return whyNoGradient === undefined ? { rows } : { rows, whyNoGradient };
}

/** The rows that did not pass, a line each; empty when all did. */
export function describeFailures({ rows }: ParityReport): string {
  const failures = rows.filter(({ passed }) => !passed);
  return failures
    .map(
      (row) => `${row.case} (${row.kind}): error ${row.error.toExponential(1)}, allowed ${row.tolerance.toExponential(1)}; ${row.message}`,
    )
    .join('\n');
}

interface RowRequest {
  readonly kind: ParityKind;
  readonly caseGraph: CaseGraph;
  readonly precision: Precision;
  readonly clock: (() => number) | undefined;
}

async function parityRow(backend: Backend, opCase: AnyOpCase, { kind, caseGraph, precision, clock }: RowRequest): Promise<ParityRow> {
  const tolerance = toleranceOf(opCase, precision) * SLACK[kind];
  const row = { case: titleOf(opCase), kind, tolerance };
  try {
    const { expected, ran } = await (precision === 'f16' ? halfTrial(caseGraph) : trial(opCase, kind, caseGraph));
    const timed = clock !== undefined && kind === 'forward';
    const { outputs, ...time } = timed ? await timeGraph(backend, ran, clock) : { outputs: await runGraph(backend, ran.graph, ran.feeds) };
    const worst = worstOutput(eachOf(outputs, widened), expected);
    const passed = worst.error <= tolerance;
    return passed ? { ...row, ...time, error: worst.error, passed } : { ...row, ...time, ...worst, passed };
  } catch (error) {
    return { ...row, error: Number.POSITIVE_INFINITY, passed: false, message: error instanceof Error ? error.message : String(error) };
  }
}

/** What the backend is to run, and what is to come out. */
interface Trial {
  readonly ran: CaseGraph;
  readonly expected: Record<string, HostTensor>;
}

async function trial(opCase: AnyOpCase, kind: ParityKind, ran: CaseGraph): Promise<Trial> {
  if (kind === 'forward') return { ran, expected: Object.fromEntries(expectedOutputs(opCase).map((value, k) => [`y${k}`, value])) };
  return { ran, expected: await runGraph(createReferenceBackend(), ran.graph, ran.feeds) };
}

/** The graph in f16, beside what f64 makes of the same numbers, rounded at the end. */
async function halfTrial({ graph, feeds }: CaseGraph): Promise<Trial> {
  const numbers = eachOf(feeds, rounded);
  const expected = await runGraph(createReferenceBackend(), graph, numbers);
  return { ran: { graph: inHalf(graph), feeds: eachOf(numbers, narrowed) }, expected: eachOf(expected, rounded) };
}

function eachOf(record: TensorRecord, change: (tensor: HostTensor) => HostTensor): Record<string, HostTensor> {
  return Object.fromEntries(Object.entries(record).map(([name, tensor]) => [name, change(tensor)]));
}

/** The output that differs most. A gradient's scalar is left out: its terms cancel, and every one of them is compared anyway. */
function worstOutput(
  got: Readonly<Record<string, HostTensor>>,
  expected: Readonly<Record<string, HostTensor>>,
): { error: number; message: string } {
  let worst = { error: 0, message: '' };
  for (const [name, value] of Object.entries(expected)) {
    if (name === 'loss') continue;
    const result = got[name];
    if (result === undefined) return { error: Number.POSITIVE_INFINITY, message: `output ${name} is missing` };
    const { error } = difference(result, value);
    if (error > worst.error) worst = { error, message: `${name} ${describeDifference(result, value)}` };
  }
  return worst;
}
