/**
 * The program `cyclegan`, which starts when this file is imported: commands, and what errors look like. What a command does is loaded
 * when it is called, so that help and wrong calls are answered at once.
 */
import { createRequire } from 'node:module';
import { Command, CommanderError } from 'commander';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downloadCommand } from './commands/download.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { synthCommand } from './commands/synth.ts';
import { trainCommand } from './commands/train.ts';
import { translateCommand } from './commands/translate.ts';
import { describeError, EXIT, exitStatusOf, UsageError } from './errors.ts';

const HELP = `
Examples:
  $ cyclegan train --data horses --name first --size 128 --ngf 32 --ndf 32 --blocks 6
  $ cyclegan translate horse.jpg --run first --out zebras
  $ cyclegan demo
  $ cyclegan train --help`;

const { version: VERSION } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

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

/** Nothing may be given as a value: as a path it would be the working folder, where a script forgot to set a variable. */
function refuseEmpty(_: Command, command: Command): void {
  const empty = command.options.find((option) => command.getOptionValue(option.attributeName()) === '');
  if (empty !== undefined) throw new UsageError(`option '${empty.flags}' is empty: give it a value, or leave it out.`);
  if (command.args.includes('')) throw new UsageError('one of the arguments is empty: give it a value, or leave it out.');
}

async function main(): Promise<void> {
  outliveReaders();
  const program = new Command('cyclegan')
    .description('CycleGAN: learns from two folders of pictures how to turn one kind into the other, and back.')
    .version(VERSION)
    .addHelpText('after', HELP)
    .hook('preAction', refuseEmpty);
  const commands = [
    trainCommand,
    translateCommand,
    exportCommand,
    importCommand,
    synthCommand,
    downloadCommand,
    demoCommand,
    doctorCommand,
  ];
  for (const make of commands) program.addCommand(make(exit));
  // commander's own status for wrong calls is that of failures
  for (const command of [program, ...program.commands]) command.exitOverride().showHelpAfterError('(--help tells more)');
  try {
    await program.parseAsync();
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
