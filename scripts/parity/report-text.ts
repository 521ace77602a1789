/** The report of the suite for people. */
import type { GoldenRunResult, Losses, OpRow } from './protocol.ts';
import type { EngineReport } from './suite.ts';
import {
  describeRow,
  failedRows,
  goldenPassed,
  LOSS_BOUND,
  lossError,
  oracleLosses,
  problemsOf,
  resultOf,
  scientific,
  worstShare,
} from './verdict.ts';

/** Columns, padded to the widest cell of each. */
export function columns(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => (row[column] ?? '').length)));
  return rows
    .map((row) =>
      row
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

const HEADINGS = ['engine', 'op cases', 'worst', 'golden runs', 'worst', 'training', 'resumed', 'live tensors', 'seconds'];

/** All of it. `verbose` adds every compared quantity of the golden runs. */
export function reportText(reports: readonly EngineReport[], { verbose = false }: { readonly verbose?: boolean } = {}): string {
  const oracle = oracleLosses(reports);
  const present = reports.filter(({ state }) => state !== 'absent');
  const parts = [
    columns([HEADINGS, ...present.map((report) => summary(report, oracle))]),
    'worst: the largest error of what it may be; training and resumed: the largest relative error of a loss, ' +
      `which may be ${scientific(LOSS_BOUND)}.`,
    present.map(({ name, introduction }) => `${name}: ${introduction?.description ?? 'it did not come so far'}`).join('\n'),
    ...lossTable(present),
    ...nodeTexts(present),
    ...knownTexts(present),
    ...goldenTexts(present, verbose),
    ...reports.flatMap(({ name, state, why, remedy }) =>
      state === 'absent' ? [`${name} is absent, so nothing is known of it: ${why}. Remedy: ${remedy}`] : [],
    ),
    ...present.flatMap((report) => problemsOf(report, oracle).map((problem) => `FAILED ${report.name}, ${problem}`)),
  ];
  return parts.join('\n\n');
}

function summary(report: EngineReport, oracle: Losses | undefined): string[] {
  const [ops, golden] = [resultOf(report, 'ops'), resultOf(report, 'golden')];
  const loss = (section: 'training' | 'checkpoint') => {
    const result = resultOf(report, section);
    return result === undefined || oracle === undefined ? '' : scientific(lossError(result, oracle));
  };
  const live = report.results.flatMap(({ liveTensors }) => liveTensors ?? []);
  const share = (rows: readonly { readonly error: number; readonly bound: number }[]) => worstShare(rows).toFixed(2);
  const from = resultOf(report, 'checkpoint')?.from;
  return [
    report.name,
    ops === undefined ? '' : `${ops.rows.length - failedRows(ops).length}/${ops.rows.length}`,
    ops === undefined
      ? ''
      : share(ops.rows.filter(({ known }) => known === undefined).map(({ error, tolerance }) => ({ error, bound: tolerance }))),
    golden === undefined ? '' : `${goldenPassed(golden)}/${golden.runs.length}`,
    golden === undefined ? '' : share(golden.runs.flatMap(({ rows }) => rows)),
    loss('training'),
    from === undefined ? '' : `${loss('checkpoint')} of ${from}`,
    live.length === 0 ? 'not counted' : String(Math.max(...live)),
    report.seconds.toFixed(0),
  ];
}

/** The losses of the last step, side by side. */
function lossTable(reports: readonly EngineReport[]): string[] {
  const trained = reports.flatMap((report) => {
    const losses = resultOf(report, 'training')?.losses.at(-1);
    return losses === undefined ? [] : [{ name: report.name, losses }];
  });
  const names = Object.keys(trained[0]?.losses ?? {});
  if (names.length === 0) return [];
  const rows = names.map((name) => [name, ...trained.map(({ losses }) => (losses[name] ?? Number.NaN).toFixed(7))]);
  return [columns([['losses of the last step', ...trained.map(({ name }) => name)], ...rows])];
}

/** Where an engine with a provider computed: how much of the step, and which ops not on its device. */
function nodeTexts(reports: readonly EngineReport[]): string[] {
  return reports.flatMap((report) => {
    const nodes = resultOf(report, 'training')?.nodes;
    const rows = resultOf(report, 'ops')?.rows ?? [];
    const composed = composedByProvider(rows);
    const step =
      nodes && `of a training step ${nodes.onDevice} nodes ran on the device and ${nodes.copies} elsewhere to copy or for shapes`;
    const others = nodes && Object.entries(nodes.elsewhere).map(([operator, count]) => `${count} ${operator}`);
    const texts = [
      ...(step === undefined ? [] : [`${report.name}: ${step}; computed elsewhere: ${others?.join(', ') || 'nothing'}.`]),
      ...(composed.size === 0 ? [] : [`${report.name} computes elsewhere, so that these ops are composed: ${composedText(composed)}.`]),
    ];
    return texts.length === 0 ? [] : [texts.join('\n')];
  });
}

/** Ops of which ONNX Runtime computed something elsewhere than on the device, with the operators. */
export function composedByProvider(rows: readonly OpRow[]): ReadonlyMap<string, readonly string[]> {
  const composed = new Map<string, Set<string>>();
  for (const { op, nodes } of rows) {
    for (const operator of Object.keys(nodes?.elsewhere ?? {})) composed.set(op, (composed.get(op) ?? new Set()).add(operator));
  }
  return new Map([...composed].map(([op, operators]) => [op, [...operators].sort()]));
}

function composedText(composed: ReadonlyMap<string, readonly string[]>): string {
  return [...composed].map(([op, operators]) => `${op} (${operators.join(', ')})`).join(', ');
}

function knownTexts(reports: readonly EngineReport[]): string[] {
  const texts = reports.flatMap((report) =>
    (resultOf(report, 'ops')?.rows ?? []).flatMap(({ case: title, kind, known, passed }) =>
      known === undefined ? [] : [`${report.name}, ${title} (${kind}): ${passed ? 'agrees here' : 'differs'}; ${known}.`],
    ),
  );
  return texts.length === 0 ? [] : [`Known differences:\n${texts.join('\n')}`];
}

/** For each golden run the quantity nearest to its bound, PyTorch's own error beside it; all quantities with `verbose`. */
function goldenTexts(reports: readonly EngineReport[], verbose: boolean): string[] {
  return reports.flatMap((report) => {
    const { runs = [], steps, leftOut = [] } = resultOf(report, 'golden') ?? {};
    if (runs.length === 0) return [];
    const lines = runs.flatMap((run) => runLines(run, verbose));
    const without = leftOut.length === 0 ? '' : `, and without ${leftOut.join(', ')} (--full replays all, and in full)`;
    const stopped = steps === undefined ? '' : `, stopped after step ${steps}, since a step takes it many seconds${without}`;
    return [
      [`Golden runs on ${report.name}${stopped}${verbose ? '' : ', of each the quantity nearest to its bound'}:`, ...lines].join('\n'),
    ];
  });
}

function runLines({ name, rows, unsupported }: GoldenRunResult, verbose: boolean): string[] {
  if (unsupported !== undefined) return [`  ${name}: not supported, ${unsupported}`];
  const sorted = [...rows].sort((a, b) => worstShare([b]) - worstShare([a]));
  return (verbose ? rows : sorted.slice(0, 1)).map((row) => `  ${row.passed ? 'ok  ' : 'FAIL'} ${name}: ${describeRow(row)}`);
}
