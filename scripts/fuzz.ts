/**
 * Damages well-formed files at random and sees that their readers cope: each one is read, or refused with an error that names it,
 * without a crash, a hang or unbounded memory. The same seed gives the same cases; files that were findings are kept in --keep.
 * Exits 1 when there is a finding:
 *   npm run fuzz -- --target pictures --count 5000 --seed 1
 */
import { type ChildProcess, fork } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Assignment, Report } from './fuzz/child.ts';
import { TARGETS } from './fuzz/targets.ts';

/** A case that takes longer hangs. */
const CASE_SECONDS = 20;
const CHILD = fileURLToPath(new URL('./fuzz/child.ts', import.meta.url));

/** What a run adds up to. */
interface Tally {
  readonly outcomes: Map<string, number>;
  readonly findings: { readonly number: number; readonly what: string }[];
  megabytes: number;
  /** The longest time that a case took. */
  milliseconds: number;
}

/** Runs cases in a child until they are done or it dies; the result is the case to go on with. */
async function runChild(assignment: Assignment, { tally, limit }: { readonly tally: Tally; readonly limit: number }): Promise<number> {
  const child = fork(CHILD, [], { execArgv: [...process.execArgv, '--max-old-space-size=512'] });
  let current = assignment.from - 1;
  let watch: NodeJS.Timeout | undefined;
  let started = 0;
  let killedFor: string | undefined;
  const kill = (why: string) => {
    killedFor ??= why;
    child.kill('SIGKILL');
  };
  child.on('message', (report: Report) => {
    clearTimeout(watch);
    current = report.number;
    if (report.kind === 'begin') {
      started = performance.now();
      watch = setTimeout(() => kill(`no end after ${CASE_SECONDS} s`), CASE_SECONDS * 1000);
      return;
    }
    tally.outcomes.set(report.outcome, (tally.outcomes.get(report.outcome) ?? 0) + 1);
    tally.milliseconds = Math.max(tally.milliseconds, performance.now() - started);
    tally.megabytes = Math.max(tally.megabytes, report.megabytes);
    if (report.finding !== undefined) tally.findings.push({ number: current, what: report.finding });
    if (report.megabytes > limit) kill(`${Math.round(report.megabytes)} MB of memory, ${limit} allowed`);
  });
  child.send(assignment);
  const ending = await endOf(child);
  clearTimeout(watch);
  if (ending === undefined) return assignment.to;
  tally.findings.push({ number: current, what: killedFor ?? `the process ended with ${ending}` });
  return current + 1;
}

/** Undefined for a good end. */
function endOf(child: ChildProcess): Promise<string | undefined> {
  return new Promise((resolve) => child.on('exit', (code, signal) => resolve(code === 0 ? undefined : (signal ?? `exit status ${code}`))));
}

const { values } = parseArgs({
  options: {
    target: { type: 'string', default: 'pictures' },
    count: { type: 'string', default: '5000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    'memory-mb': { type: 'string', default: '700' },
    keep: { type: 'string' },
  },
});
const { target, keep } = values;
if (TARGETS[target] === undefined) throw new Error(`--target ${target}: expected one of ${Object.keys(TARGETS).join(', ')}.`);
const [from, seed, limit] = [Number(values.from), Number(values.seed), Number(values['memory-mb'])];
const end = from + Number(values.count);
const folder = await mkdtemp(join(tmpdir(), 'cyclegan-fuzz-'));
const tally: Tally = { outcomes: new Map(), findings: [], megabytes: 0, milliseconds: 0 };
const begun = performance.now();
try {
  for (let next = from; next < end; ) next = await runChild({ target, seed, from: next, to: end, folder }, { tally, limit });
  if (keep !== undefined) {
    await mkdir(keep, { recursive: true });
    for (const name of await readdir(folder)) await copyFile(join(folder, name), join(keep, name));
  }
} finally {
  await rm(folder, { recursive: true });
}
for (const { number, what } of tally.findings) console.log(`case ${number}: ${what}`);
const outcomes = [...tally.outcomes].map(([outcome, count]) => `${count} ${outcome}`).join(', ');
const seconds = Math.round((performance.now() - begun) / 1000);
const most = `at most ${Math.round(tally.milliseconds)} ms a case and ${Math.round(tally.megabytes)} MB`;
console.log(`${target}, seed ${seed}: ${outcomes}; ${tally.findings.length} findings; ${most}; ${seconds} s`);
process.exitCode = tally.findings.length === 0 ? 0 : 1;
