/**
 * Shows that the tests can fail: breaks the code in one way after the other, each in a copy of the sources, and expects the named
 * check to notice. `npm run mutate`, or `npm run mutate -- --only adam` for the mutations whose name holds a text, or `--part 3/4` for the
 * third of four parts, which together are all. Exits 1 when a mutation survives, when one no longer fits the sources, or when a check fails
 * on the unbroken code.
 */
import { realpathSync, rmSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { type Check, runCheck } from './mutate/checks.ts';
import type { Mutation } from './mutate/mutations/mutation.ts';
import { MUTATIONS } from './mutate/mutations.ts';
import { Sandbox, StaleEdit } from './mutate/sandbox.ts';

const ROOT = fileURLToPath(new URL('../', import.meta.url));

/** Checks that run at a time, each in a copy of its own. */
const WORKERS = 2;

/** What happened to a mutation: only `caught` is well. */
type Verdict = 'caught' | 'SURVIVED' | 'BROKEN';

const VERDICTS = { failed: 'caught', passed: 'SURVIVED', broken: 'BROKEN' } as const;

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { only: { type: 'string', default: '' }, part: { type: 'string', default: '1/1' } } });
  const [part, parts] = partOf(values.part);
  const mutations = MUTATIONS.filter(({ name }, at) => name.includes(values.only) && at % parts === part - 1);
  if (mutations.length === 0) throw new Error(`--only ${values.only}: no mutation's name holds that text.`);

  const temporary = await mkdtemp(join(realpathSync(tmpdir()), 'cyclegan-mutate-'));
  const remove = () => rmSync(temporary, { recursive: true, force: true });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) {
    process.once(signal, () => {
      remove();
      process.exit(1);
    });
  }
  try {
    const indexes = Array.from({ length: WORKERS }, (_, k) => k);
    const sandboxes = await Promise.all(indexes.map((k) => Sandbox.create(ROOT, join(temporary, String(k)))));
    const ready = (await allFit(mutations, sandboxes)) && (await allPass(mutations, sandboxes));
    return ready && (await allCaught(mutations, sandboxes)) ? 0 : 1;
  } finally {
    remove();
  }
}

function partOf(text: string): readonly [part: number, parts: number] {
  const [part = 0, parts = 0] = (/^(\d+)\/(\d+)$/.exec(text) ?? []).slice(1).map(Number);
  if (part < 1 || part > parts) throw new Error(`--part ${text}: expected a part and how many there are, such as 3/4.`);
  return [part, parts];
}

/** Hands `items` to the sandboxes, each taking the next when it is done; results in the order of the items. */
async function share<T, R>(items: readonly T[], sandboxes: readonly Sandbox[], work: (item: T, at: Sandbox) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...items.entries()];
  const worker = async (sandbox: Sandbox) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) results[next[0]] = await work(next[1], sandbox);
  };
  await Promise.all(sandboxes.map(worker));
  return results;
}

/** Whether every mutation still has its text to replace. */
async function allFit(mutations: readonly Mutation[], [sandbox]: readonly Sandbox[]): Promise<boolean> {
  let fit = true;
  for (const mutation of mutations) {
    try {
      await sandbox?.preview(mutation);
    } catch (error) {
      if (!(error instanceof StaleEdit)) throw error;
      console.error(`STALE "${mutation.name}": ${error.message}\n`);
      fit = false;
    }
  }
  return fit;
}

/** Whether the checks pass on the unbroken copy: a check that fails anyway would show nothing. */
async function allPass(mutations: readonly Mutation[], sandboxes: readonly Sandbox[]): Promise<boolean> {
  const checks: Check[] = [...new Set(mutations.map(({ caughtBy }) => caughtBy))];
  const results = await share(checks, sandboxes, async (check, { root }) => {
    const { result, detail } = await runCheck(check, root);
    console.log(result === 'passed' ? `unbroken  ${check.name}: ${detail} pass` : `FAILS WITHOUT A MUTATION  ${check.name}: ${detail}`);
    return result === 'passed';
  });
  return results.every((passed) => passed);
}

/** Whether every mutation is caught; prints a line for each. */
async function allCaught(mutations: readonly Mutation[], sandboxes: readonly Sandbox[]): Promise<boolean> {
  const width = (texts: readonly string[]) => Math.max(...texts.map(({ length }) => length));
  const names = width(mutations.map(({ name }) => name));
  const checks = width(mutations.map(({ caughtBy }) => caughtBy.name));
  const start = performance.now();
  const verdicts = await share(mutations, sandboxes, async (mutation, sandbox) => {
    const { name, caughtBy } = mutation;
    const begun = performance.now();
    const { result, detail } = await sandbox.edited(mutation, () => runCheck(caughtBy, sandbox.root));
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    const verdict: Verdict = VERDICTS[result];
    console.log(`${verdict.padEnd(8)}  ${name.padEnd(names)}  ${caughtBy.name.padEnd(checks)}  ${seconds.padStart(5)} s  ${detail}`);
    return verdict;
  });
  const count = (wanted: Verdict) => verdicts.filter((verdict) => verdict === wanted).length;
  const seconds = Math.round((performance.now() - start) / 1000);
  console.log(`${count('caught')} caught, ${count('SURVIVED')} survived, ${count('BROKEN')} broken, in ${seconds} s.`);
  return count('caught') === mutations.length;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  },
);
