/** What the results of an engine add up to: errors beside their bounds, and what is wrong. Knows no engine by name but the oracle. */
import type { GoldenRow } from '@cyclegan/core/testing';
import { ORACLE } from './engines.ts';
import type { CheckpointResult, GoldenResult, Losses, OpRow, OpsResult, SectionResult, TrainingResult } from './protocol.ts';
import type { EngineReport } from './suite.ts';
import { STEPS, STEPS_BEFORE } from './training.ts';

/**
 * Largest relative error of a loss within the ten steps. Measured: onnx:cpu is off by up to 2e-6, onnx:webgpu by up to 4e-6; a network that
 * loses its moments, or a buffer its pictures, at the checkpoint by more than 2e-2.
 */
export const LOSS_BOUND = 2e-5;

/** The result of a section, if the engine came so far. */
export function resultOf<S extends SectionResult['section']>(
  { results }: EngineReport,
  section: S,
): Extract<SectionResult, { section: S }> | undefined {
  return results.find((result): result is Extract<SectionResult, { section: S }> => result.section === section);
}

/** The oracle's losses, with which those of the others are compared. */
export function oracleLosses(reports: readonly EngineReport[]): Losses | undefined {
  const oracle = reports.find(({ name }) => name === ORACLE);
  return oracle && resultOf(oracle, 'training')?.losses;
}

/** Largest relative error of a training's losses; of a resumed one, those after the checkpoint. NaN where a loss is missing. */
export function lossError({ section, losses }: TrainingResult | CheckpointResult, oracle: Losses): number {
  const expected = section === 'training' ? oracle : oracle.slice(STEPS_BEFORE);
  return expected
    .flatMap((step, at) =>
      Object.entries(step).map(([name, value]) => Math.abs((losses[at]?.[name] ?? Number.NaN) - value) / Math.max(Math.abs(value), 1e-12)),
    )
    .reduce((largest, error) => (error > largest || Number.isNaN(error) ? error : largest), 0);
}

/** Rows that did not pass and are not known. */
export function failedRows({ rows }: OpsResult): readonly OpRow[] {
  return rows.filter(({ passed, known }) => !passed && known === undefined);
}

/** The largest error of some rows relative to what each allows. */
export function worstShare(rows: readonly { readonly error: number; readonly bound: number }[]): number {
  return rows.reduce((largest, { error, bound }) => Math.max(largest, bound === 0 ? (error === 0 ? 0 : 1) : error / bound), 0);
}

/** Golden runs within all their bounds. */
export function goldenPassed({ runs }: GoldenResult): number {
  return runs.filter(({ rows, unsupported }) => unsupported === undefined && rows.every(({ passed }) => passed)).length;
}

/** What is wrong with an engine, a line each; nothing when all is well. */
export function problemsOf(report: EngineReport, oracle: Losses | undefined): string[] {
  const problems = report.state === 'failed' ? [report.why ?? 'it failed'] : [];
  for (const result of report.results) {
    problems.push(...sectionProblems(result, oracle));
    if (result.liveTensors) problems.push(`${result.section}: ${result.liveTensors} tensors are left on the device`);
  }
  return problems;
}

function sectionProblems(result: SectionResult, oracle: Losses | undefined): string[] {
  switch (result.section) {
    case 'ops':
      return failedRows(result).map(
        ({ case: title, kind, error, tolerance, message }) =>
          `${title} (${kind}): error ${scientific(error)}, allowed ${scientific(tolerance)}; ${message}`,
      );
    case 'golden':
      return result.runs.flatMap(({ name, rows, unsupported }) =>
        unsupported === undefined
          ? rows.filter(({ passed }) => !passed).map((row) => `${name}: ${describeRow(row)}`)
          : `${name} is not supported: ${unsupported}`,
      );
    default:
      return trainingProblems(result, oracle);
  }
}

function trainingProblems(result: TrainingResult | CheckpointResult, oracle: Losses | undefined): string[] {
  const { section, losses } = result;
  const steps = section === 'training' ? STEPS : STEPS - STEPS_BEFORE;
  if (losses.length !== steps) return [`${section}: ${losses.length} steps in place of ${steps}`];
  if (oracle === undefined) return [`${section}: there are no losses of ${ORACLE} to compare with`];
  const error = lossError(result, oracle);
  // written so that a NaN fails
  return error <= LOSS_BOUND ? [] : [`${section}: losses are off by ${scientific(error)}, allowed ${scientific(LOSS_BOUND)}`];
}

/** A compared quantity of a golden run, PyTorch's own error beside the bound. */
export function describeRow({ kind, network, error, bound, torch }: GoldenRow): string {
  const beside = torch === undefined ? '' : `, PyTorch f32 ${scientific(torch)}`;
  return `${kind} of ${network}: error ${scientific(error)}, bound ${scientific(bound)}${beside}`;
}

/** A number as `1.2e-7`. */
export function scientific(value: number): string {
  return value === 0 ? '0' : value.toExponential(1);
}
