/** Whether an engine works, found out by a trial in another process, which may crash or hang as it likes. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { TrialRequest, TrialResult } from './engine-trial.ts';
import { type Engine, isAtHome } from './engines.ts';

/** What is known of an engine. */
export interface EngineReport {
  readonly backend: string;
  readonly device: string;
  readonly works: boolean;
  /** What it is when it works, else why it does not. */
  readonly why: string;
  /** It computes in software on the CPU what a GPU is for. */
  readonly software?: boolean;
  /** Of convolutions, in 10^9 multiplications and additions a second, where it was measured. */
  readonly gflops?: number;
  /** What to do when it does not, where something can be done. */
  readonly remedy?: string;
}

/** How a trial is made. */
export interface TrialOptions {
  /** Also measure how fast it is, unless false. */
  readonly rate?: boolean;
  readonly timeoutSeconds?: number;
  readonly env?: NodeJS.ProcessEnv;
}

/** The first use of a GPU may compile its kernels, which takes a while. */
const TIMEOUT_SECONDS = 60;

/** The end of what a process said before it crashed. */
const LAST_WORDS = 300;

const FILE = fileURLToPath(new URL('./engine-child.js', import.meta.url));

/** Tries an engine, where it exists. */
export async function checkEngine(engine: Engine, options: TrialOptions = {}): Promise<EngineReport> {
  const { backend, device, habitat } = engine;
  if (!isAtHome(engine)) return { backend, device, works: false, why: `exists on ${habitat?.name} only: nothing to do here` };
  const result = await trial(engine, options);
  if ('description' in result) {
    const { description, ...measured } = result;
    return { backend, device, works: true, why: description, ...measured };
  }
  const remedy = result.remedy ?? remedyOf(engine);
  return { backend, device, works: false, why: result.reason.replace(/\.$/, ''), remedy };
}

function remedyOf({ backend, device }: Engine): string {
  if (backend === 'onnx' && device !== 'cpu') return 'use the device cpu, or update the driver of the device.';
  return 'install the program anew: npm ci && npm run build';
}

function trial(engine: Engine, { timeoutSeconds = TIMEOUT_SECONDS, env = process.env, rate = true }: TrialOptions): Promise<TrialResult> {
  const child = fork(FILE, [], { execArgv: [], env, stdio: ['ignore', 'ignore', 'pipe', 'ipc'] });
  const said = lastWordsOf(child);
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      resolve({ reason: `no answer within ${timeoutSeconds} s` });
      child.kill('SIGKILL');
    }, timeoutSeconds * 1000);
    const answer = (result: TrialResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    child.on('message', (result: TrialResult) => answer(result));
    child.on('error', (error) => answer({ reason: `the process to try it in cannot be started: ${error.message}` }));
    // by then all that it said is there; a message comes before
    child.on('close', (code, signal) => answer({ reason: `it ${howItEnded(code, signal)}${said()}` }));
    // a child that is gone already cannot be told anything: that it has gone is told by 'close'
    child.send({ engine, rate } satisfies TrialRequest, () => undefined);
  });
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended its process with status ${code}` : `crashed its process (${signal})`;
}

function lastWordsOf({ stderr }: ChildProcess): () => string {
  let words = '';
  stderr?.on('data', (data) => {
    words = `${words}${data}`.slice(-LAST_WORDS);
  });
  return () => {
    const line = words.trim().split('\n').at(-1)?.trim() ?? '';
    return line === '' ? '' : `: ${line}`;
  };
}
