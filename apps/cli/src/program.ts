/**
 * The program `cyclegan` as commander has it: all commands with their options, run by nobody yet. What a command does is loaded when it
 * is called, so that help and wrong calls are answered at once.
 */
import { createRequire } from 'node:module';
import { Command } from 'commander';
import { ablateCommand } from './commands/ablate.ts';
import { completionCommand, completionServerCommand } from './commands/completion.ts';
import { demoCommand } from './commands/demo.ts';
import { doctorCommand } from './commands/doctor.ts';
import { downloadCommand } from './commands/download.ts';
import { evalCommand } from './commands/eval.ts';
import { exportCommand } from './commands/export.ts';
import { importCommand } from './commands/import.ts';
import { studyCommand } from './commands/study.ts';
import { synthCommand } from './commands/synth.ts';
import { trainCommand } from './commands/train.ts';
import { trainFcnCommand } from './commands/train-fcn.ts';
import { translateCommand } from './commands/translate.ts';
import { SERVER } from './completion/shells.ts';
import { UsageError } from './errors.ts';
import { shellWord } from './shell.ts';

const HELP = `
Examples:
  See it work, on pictures that it makes itself, in five minutes:
    $ cyclegan demo

  Learn from two folders of pictures, horses/trainA and horses/trainB, and turn
  a picture of the first kind into one of the second:
    $ cyclegan train --data horses --name first \\
        --size 128 --ngf 32 --ndf 32 --blocks 6
    $ cyclegan translate horse.jpg --run first --out zebras

  All about a command:
    $ cyclegan train --help

Exit status: 0 done, 1 failed, 2 called wrongly, 130 stopped by Ctrl-C.`;

const { version: VERSION } = createRequire(import.meta.url)('../package.json') as { readonly version: string };

/** The program; its commands call `exit` with their status, and a wrong call throws CommanderError. */
export function createProgram(exit: (status: number) => void): Command {
  const program = new Command('cyclegan')
    .description('CycleGAN: learns from two folders of pictures how to turn one kind into the other, and back.')
    .version(VERSION)
    .addHelpText('after', HELP)
    .hook('preAction', refuseEmpty)
    .hook('preAction', refuseSurplus);
  const commands = [
    trainCommand,
    translateCommand,
    evalCommand,
    studyCommand,
    ablateCommand,
    trainFcnCommand,
    exportCommand,
    importCommand,
    synthCommand,
    downloadCommand,
    demoCommand,
    doctorCommand,
    completionCommand,
  ];
  for (const make of commands) program.addCommand(make(exit));
  // commander's own status for wrong calls is that of failures
  for (const command of [program, ...program.commands]) command.exitOverride().showHelpAfterError('(--help tells more)');
  // refused below, with a remedy
  for (const command of program.commands) command.allowExcessArguments();
  return program.addCommand(completionServerCommand(exit), { hidden: true });
}

/** Nothing may be given as a value: as a path it would be the working folder, where a script forgot to set a variable. */
function refuseEmpty(_: Command, command: Command): void {
  // a line that a shell asks about may end in nothing
  if (command.name() === SERVER) return;
  const empty = command.options.find((option) => command.getOptionValue(option.attributeName()) === '');
  if (empty !== undefined) throw new UsageError(`option '${empty.flags}' is empty: give it a value, or leave it out.`);
  if (command.args.includes('')) throw new UsageError('one of the arguments is empty: give it a value, or leave it out.');
}

/** Words that stand alone where a command takes none: mostly a folder without its option. */
function refuseSurplus(_: Command, command: Command): void {
  const { registeredArguments: takes, args } = command;
  const [surplus] = takes.at(-1)?.variadic ? [] : args.slice(takes.length);
  if (surplus === undefined) return;
  const example = command.options.some(({ long }) => long === '--data') ? `, as in --data ${shellWord(surplus)}` : '';
  throw new UsageError(`'${surplus}' belongs to no option: write it behind the option that it is meant for${example}, or leave it out.`);
}
