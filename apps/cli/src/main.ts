/** Runs the program `cyclegan` when this file is imported: what errors look like, and the status that it ends with. */
import { CommanderError } from 'commander';
import { describeError, EXIT, exitStatusOf } from './errors.ts';
import { createProgram } from './program.ts';

/** Ends with a status once nothing is left to do. */
function exit(status: number): void {
  process.exitCode = status;
}

/** A reader that has gone, as in `cyclegan train | head`, is no reason to stop training. */
function outliveReaders(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
}

async function main(): Promise<void> {
  outliveReaders();
  try {
    await createProgram(exit).parseAsync();
  } catch (error) {
    if (error instanceof CommanderError) {
      exit(error.exitCode === 0 ? EXIT.done : EXIT.usage);
      return;
    }
    const { complain } = await import('./terminal/messages.ts');
    complain(describeError(error));
    exit(exitStatusOf(error));
  }
}

await main();
