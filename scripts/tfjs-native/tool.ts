/** Running other programs and keeping what they print. It must not know what they are for. */
import { spawn } from 'node:child_process';

/** How a program ended, and what it printed to both of its outputs; one that is not there ends with 127, as in a shell. */
export interface Outcome {
  readonly status: number;
  readonly output: string;
}

const NOT_THERE = 127;

/** Runs a program to its end; never throws for how it ends. */
export function runTool(
  command: string,
  args: readonly string[],
  { cwd, env }: { readonly cwd?: string; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<Outcome> {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd, env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'pipe'] });
    const chunks: string[] = [];
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => chunks.push(chunk));
    child.on('error', ({ message }) => resolve({ status: NOT_THERE, output: message }));
    child.on('close', (status, signal) => resolve({ status: status ?? 1, output: `${chunks.join('')}${signal ?? ''}` }));
  });
}
