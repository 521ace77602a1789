/**
 * The checks that a mutation can make fail, run as child processes in a copy of the sources. A check that crashes has not judged the
 * numbers, so it counts as broken and not as failed.
 */
import { spawn } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** The golden runs on a backend, or a file of tests. */
export type Check =
  | { readonly kind: 'golden'; readonly name: string; readonly backend: 'reference' | 'onnx' }
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

const GOLDEN_EXCEEDED = 1;

async function runGolden({ backend }: Check & { readonly kind: 'golden' }, root: string): Promise<Outcome> {
  const script = ['--conditions=source', '--import', 'tsx', 'scripts/golden.ts', '--backend', backend, '--dir', 'golden'];
  const { code, output } = await node(script, root);
  const counts = output
    .match(/(\d+) within bounds, (\d+) beyond, (\d+) unsupported/)
    ?.slice(1)
    .map(Number);
  if (counts === undefined) return { result: 'broken', detail: tail(output) };
  const total = counts.reduce((sum, count) => sum + count);
  if (code === 0) return { result: 'passed', detail: `${total} of ${total} runs` };
  const beyond = `${counts[1]} of ${total} runs`;
  return code === GOLDEN_EXCEEDED ? { result: 'failed', detail: beyond } : { result: 'broken', detail: tail(output) };
}

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
