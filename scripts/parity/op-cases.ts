/** Every op case on an engine: forward, gradient and gradient of the gradient, and what is left on the device after each. */
import type { Backend } from '@cyclegan/core';
import { type AnyOpCase, OP_CASES, type ParityKind, runParityCase, titleOf } from '@cyclegan/core/testing';
import type { Engine } from './engines.ts';
import { whyKnown } from './known-differences.ts';
import { liveTensors } from './live-tensors.ts';
import type { OpRow, OpsResult, Progress } from './protocol.ts';
import { withProfile } from './provider-nodes.ts';
import { measured } from './section.ts';

/** The op cases whose title holds `text`; throws when there is none. */
export function opCasesWith(text = ''): readonly AnyOpCase[] {
  const cases = OP_CASES.filter((opCase) => titleOf(opCase).includes(text));
  if (cases.length === 0) throw new Error(`--case ${text}: no op case has a title that holds this.`);
  return cases;
}

/** Which cases, and how. */
export interface OpChoice {
  readonly text: string | undefined;
  /** Run each several times, and tell how long it takes. */
  readonly timed: boolean;
}

/** Runs the cases. */
export function runOpCases(engine: Engine, backend: Backend, { text, timed }: OpChoice, tell: Progress): Promise<OpsResult> {
  const cases = opCasesWith(text);
  return measured(backend, async () => {
    const rows: OpRow[] = [];
    for (const [at, opCase] of cases.entries()) {
      const known = whyKnown(engine.name, titleOf(opCase));
      const found = await rowsOf({ engine, backend, timed }, opCase);
      const left = await liveTensors(backend);
      rows.push(...found.map((row) => ({ ...leaking(row, left), ...(known === undefined ? {} : { known }) })));
      tell(at + 1, cases.length);
    }
    return { section: 'ops', rows };
  });
}

/** A row that does not pass when tensors are left. */
function leaking(row: OpRow, left: number | undefined): OpRow {
  return left ? { ...row, passed: false, message: `${left} tensors are left on the device; ${row.message ?? 'the values agree'}` } : row;
}

const GRADIENTS: readonly ParityKind[] = ['gradient', 'second'];

interface Place {
  readonly engine: Engine;
  readonly backend: Backend;
  readonly timed: boolean;
}

async function rowsOf({ engine, backend, timed }: Place, opCase: AnyOpCase): Promise<OpRow[]> {
  const { op } = opCase;
  const { provider, precision = 'f32', create } = engine;
  const options = { precision, ...(timed ? { clock: () => performance.now() } : {}) };
  const run = async (on: Backend, kinds: readonly ParityKind[]): Promise<OpRow[]> => {
    const { rows } = await runParityCase(on, opCase, { ...options, kinds });
    return rows.map((row) => ({ ...row, op }));
  };
  if (provider === undefined) return run(backend, ['forward', ...GRADIENTS]);
  const { result, nodes } = await withProfile(provider, async (profile) => {
    const profiled = await create({ profile });
    try {
      return await run(profiled, ['forward']);
    } finally {
      await profiled.dispose();
    }
  });
  return [...result.map((row) => ({ ...row, nodes })), ...(await run(backend, GRADIENTS))];
}
