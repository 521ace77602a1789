/** The process of one engine as the suite sees it: what it tells, and how it ended. An engine that crashes or hangs takes no other with it. */
import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Assignment, Message } from './protocol.ts';

/** A process that tells nothing for so long hangs: a golden run in software takes half a minute, and the machine may be busy. */
const SILENCE_SECONDS = 240;

/** The end of what a process said before it crashed. */
const LAST_WORDS = 600;

const CHILD = fileURLToPath(new URL('./child.ts', import.meta.url));

const running = new Set<ChildProcess>();

/** Ends all processes under way. */
export function stopChildren(): void {
  for (const child of running) child.kill('SIGKILL');
}

/** How a process is run. */
export interface ChildOptions {
  readonly env: NodeJS.ProcessEnv;
  readonly listen: (message: Message) => void;
}

/** Runs a process to its end; resolves to why it failed, or undefined when it came to a good end. */
export function runChild(assignment: Assignment, { env, listen }: ChildOptions): Promise<string | undefined> {
  const child = fork(CHILD, [], { env, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], serialization: 'advanced' });
  running.add(child);
  const said = lastWordsOf(child);
  return new Promise((resolve) => {
    let ended = false;
    let silent = false;
    const silence = setTimeout(() => {
      silent = true;
      child.kill('SIGKILL');
    }, SILENCE_SECONDS * 1000);
    child.on('message', (message: Message) => {
      silence.refresh();
      ended ||= message.kind === 'end';
      listen(message);
    });
    const settle = (why: string | undefined) => {
      clearTimeout(silence);
      running.delete(child);
      resolve(why);
    };
    child.on('error', (error) => settle(`its process cannot be started: ${error.message}`));
    child.on('close', (code, signal) => {
      if (ended) settle(undefined);
      else settle(`its process ${silent ? `told nothing for ${SILENCE_SECONDS} s` : howItEnded(code, signal)}${said()}`);
    });
    // a child that is gone already cannot be told anything: that it has gone is told by 'close'
    child.send(assignment, () => undefined);
  });
}

function howItEnded(code: number | null, signal: NodeJS.Signals | null): string {
  return signal === null ? `ended with status ${code}` : `crashed (${signal})`;
}

function lastWordsOf({ stdout, stderr }: ChildProcess): () => string {
  let words = '';
  for (const stream of [stdout, stderr]) {
    stream?.on('data', (data) => {
      words = `${words}${data}`.slice(-LAST_WORDS);
    });
  }
  return () => (words.trim() === '' ? '' : `; its last words:\n${words.trim()}`);
}
