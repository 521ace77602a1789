/**
 * The checks that a mutation can make fail, run as child processes in a copy of the sources. A check that crashes has not judged the
 * numbers, so it counts as broken and not as failed.
 */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The golden runs on an engine of the parity suite, or a file of tests. */
export type Check =
  | { readonly kind: 'golden'; readonly name: string; readonly engine: 'reference:cpu' | 'onnx:cpu' }
  | { readonly kind: 'tests'; readonly name: string; readonly project: 'unit' | 'parity'; readonly file: string };

/** How a check went; `detail` says how much of it failed, or why it could not run. */
export interface Outcome {
  readonly result: 'passed' | 'failed' | 'broken';
  readonly detail: string;
}

/** Runs `check` in the copy at `root`. */
export function runCheck(check: Check, root: string): Promise<Outcome> {
  return check.kind === 'golden' ? runGolden(check, root) : runTests(check, root);
}

async function runGolden({ engine }: Check & { readonly kind: 'golden' }, root: string): Promise<Outcome> {
  const report = join(root, 'report.json');
  await rm(report, { force: true });
  const script = ['--conditions=source', '--import', 'tsx', 'scripts/parity.ts', '--json', report];
  const { output } = await node([...script, '--engines', engine, '--golden', '', '--dir', 'golden'], root);
  const text = await readFile(report, 'utf8').catch(() => undefined);
  const runs = text === undefined ? undefined : (JSON.parse(text) as ParityReport)[0]?.results[0]?.runs;
  return (runs && outcomeOf(runs)) ?? { result: 'broken', detail: tail(output) };
}

/** What golden runs say; undefined where one was refused, since a mutation mixed up its shapes, and no other is beyond a bound. */
export function outcomeOf(runs: readonly GoldenRun[]): Outcome | undefined {
  const beyond = runs.filter(({ rows }) => rows.some(({ passed }) => !passed)).length;
  if (beyond > 0) return { result: 'failed', detail: `${beyond} of ${runs.length} runs` };
  if (runs.some(({ unsupported }) => unsupported !== undefined)) return undefined;
  return { result: 'passed', detail: `${runs.length} of ${runs.length} runs` };
}

interface GoldenRun {
  readonly rows: readonly { readonly passed: boolean }[];
  readonly unsupported?: string;
}

/** What the suite writes of an engine that did golden runs alone; one that crashed has no results. */
type ParityReport = readonly { readonly results: readonly { readonly runs: readonly GoldenRun[] }[] }[];

async function runTests({ project, file }: Check & { readonly kind: 'tests' }, root: string): Promise<Outcome> {
  const report = join(root, 'report.json');
  await rm(report, { force: true });
  const reporter = ['--reporter=json', `--outputFile=${report}`, '--maxWorkers=1'];
  const { code, output } = await node(['node_modules/vitest/vitest.mjs', 'run', '--project', project, ...reporter, file], root);
  const text = await readFile(report, 'utf8').catch(() => undefined);
  if (text === undefined) return { result: 'broken', detail: tail(output) };
  const { numTotalTests: total, numFailedTests: failed } = JSON.parse(text) as TestReport;
  if (failed > 0) return { result: 'failed', detail: `${failed} of ${total} tests` };
  // a file that cannot be loaded fails without a test that fails
  return code === 0 && total > 0 ? { result: 'passed', detail: `${total} of ${total} tests` } : { result: 'broken', detail: tail(output) };
}

interface TestReport {
  readonly numTotalTests: number;
  readonly numFailedTests: number;
}

/** A check takes a few seconds; a mutation may make one run forever. */
const TIME_LIMIT = 120_000;

function node(args: readonly string[], cwd: string): Promise<{ readonly code: number | null; readonly output: string }> {
  const env = { ...process.env, NO_COLOR: '1' };
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, {
      cwd,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: TIME_LIMIT,
      killSignal: 'SIGKILL',
    });
    let output = '';
    const collect = (chunk: Buffer) => {
      output += chunk;
    };
    child.stdout.on('data', collect);
    child.stderr.on('data', collect);
    child.on('error', reject);
    child.on('close', (code, signal) => resolve({ code, output: signal === null ? output : `${output}\nstopped by ${signal}` }));
  });
}

function tail(output: string): string {
  return ['the check did not run to its end:', ...output.trimEnd().split('\n').slice(-20)].join('\n  ');
}
