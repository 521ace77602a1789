/** What the suite calls a failure. */
import { describe, expect, it } from 'vitest';
import type { OpRow, SectionResult } from '../../../parity/protocol.ts';
import type { EngineReport } from '../../../parity/suite.ts';
import { STEPS, STEPS_BEFORE } from '../../../parity/training.ts';
import { LOSS_BOUND, lossError, problemsOf, worstShare } from '../../../parity/verdict.ts';

const oracle = Array.from({ length: STEPS }, (_, step) => ({ cycleA: 2 + step, ganAB: 1 }));
const common = { seconds: 1, processorSeconds: 1 };

function training(change: (losses: (typeof oracle)[number], step: number) => Record<string, number>): SectionResult {
  return { section: 'training', ...common, losses: oracle.map(change) };
}

function report(...results: readonly SectionResult[]): EngineReport {
  return { name: 'some:cpu', state: 'ran', results, seconds: 1 };
}

const row: OpRow = { op: 'exp', case: 'exp: numbers', kind: 'forward', error: 1e-7, tolerance: 1e-6, passed: true };
const ops = (rows: readonly OpRow[], liveTensors = 0): SectionResult => ({ section: 'ops', ...common, rows, liveTensors });

describe('problemsOf', () => {
  it('is nothing when all is well', () => {
    expect(
      problemsOf(
        report(
          ops([row]),
          training((losses) => losses),
        ),
        oracle,
      ),
    ).toEqual([]);
  });

  it('names op cases beyond their tolerance, but for known differences', () => {
    const failed = { ...row, error: 1, passed: false, message: 'y0 at 3: got 2, expected 1' };
    expect(problemsOf(report(ops([failed])), oracle)).toEqual([
      'exp: numbers (forward): error 1.0e+0, allowed 1.0e-6; y0 at 3: got 2, expected 1',
    ]);
    expect(problemsOf(report(ops([{ ...failed, known: 'left open' }])), oracle)).toEqual([]);
  });

  it('names tensors that are left', () => {
    expect(problemsOf(report(ops([row], 3)), oracle)).toEqual(['ops: 3 tensors are left on the device']);
  });

  it('names losses that are off, and steps and losses that are missing', () => {
    const off = training((losses, step) => (step === STEPS - 1 ? { ...losses, ganAB: 1 + 2 * LOSS_BOUND } : losses));
    expect(problemsOf(report(off), oracle)).toEqual(['training: losses are off by 4.0e-5, allowed 2.0e-5']);
    const missing = training(({ cycleA }) => ({ cycleA }));
    expect(problemsOf(report(missing), oracle)).toHaveLength(1);
    const short = { section: 'checkpoint' as const, ...common, from: 'other:cpu', losses: oracle.slice(0, 2) };
    expect(problemsOf(report(short), oracle)).toEqual([`checkpoint: 2 steps in place of ${STEPS - STEPS_BEFORE}`]);
  });

  it('says why a process failed, and what golden runs do not have', () => {
    expect(problemsOf({ ...report(), state: 'failed', why: 'its process crashed (SIGSEGV)' }, oracle)).toEqual([
      'its process crashed (SIGSEGV)',
    ]);
    const golden = { section: 'golden' as const, ...common, leftOut: [], runs: [{ name: 'a', rows: [], unsupported: 'dropout' }] };
    expect(problemsOf(report(golden), oracle)).toEqual(['a is not supported: dropout']);
  });
});

it('compares a resumed training with the later steps', () => {
  const losses = oracle.slice(STEPS_BEFORE);
  expect(lossError({ section: 'checkpoint', ...common, from: 'other:cpu', losses }, oracle)).toBe(0);
});

it('takes anything beyond a bound of 0 for all of it', () => {
  expect(worstShare([{ error: 0, bound: 0 }])).toBe(0);
  expect(worstShare([{ error: 1, bound: 0 }])).toBe(1);
});
