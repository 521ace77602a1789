/** What went wrong, in terms of the command line: which errors are the caller's, and how any error becomes one message and an exit status. */

/** The command was called in a way that cannot work; the message names the option and the remedy. */
export class UsageError extends Error {
  override name = 'UsageError';
}

/** Something about a run or a file keeps the command from doing what was asked; the message names the remedy. */
export class RunError extends Error {
  override name = 'RunError';
}

/** Exit statuses of the command, as its help states them. */
export const EXIT = { done: 0, failed: 1, usage: 2, interrupted: 130 } as const;

/** The exit status for an error. */
export function exitStatusOf(error: unknown): number {
  return error instanceof UsageError ? EXIT.usage : EXIT.failed;
}

/** Mistakes of this program rather than of its surroundings. */
const BUGS = [TypeError, ReferenceError, SyntaxError] as const;

/** An error as the user sees it: its message, with `CYCLEGAN_DEBUG` set the stack as well. */
export function describeError(error: unknown, debug = process.env.CYCLEGAN_DEBUG): string {
  if (!(error instanceof Error)) return String(error);
  if (debug !== undefined && debug !== '') return error.stack ?? error.message;
  const bug = BUGS.some((kind) => error instanceof kind);
  return bug ? `${error.message} (This should not happen; CYCLEGAN_DEBUG=1 shows where it did.)` : error.message;
}
