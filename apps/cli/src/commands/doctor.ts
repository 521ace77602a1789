/** `cyclegan doctor`: its options and what its help teaches. */
import { Command } from 'commander';
import type { DoctorCall } from '../actions/doctor.ts';
import { addBackendOptions, addRunsOption } from '../settings/options.ts';

const HELP = `
Examples:
  What works here, and how long trainings take on the CPU:
    $ cyclegan doctor

  How long they take on a GPU:
    $ cyclegan doctor --device webgpu

  The same for programs:
    $ cyclegan doctor --json

An engine answers "yes" when it has just computed a convolution as it should, in
a process of its own, and then tells how fast it is: 3 x 3 over 64 channels, in
10^9 multiplications and additions a second. Otherwise follow what went wrong
and what to do about it. Where WebGPU finds no GPU but software that computes on
the CPU, it says so; --backend auto passes that by.
Memory and time are estimates from the models' graphs and a measurement of about
a second, of the engine that the options name; on a busy machine they come out
too long.

Exit status: 0 the engine that the options name works, 1 it does not, 2 called
wrongly.`;

/** The command, which calls `exit` with its status. */
export function doctorCommand(exit: (status: number) => void): Command {
  const command = new Command('doctor')
    .summary('tell what works on this machine, and what trainings take on it')
    .description('Tells what works on this machine, what to do about what does not, and how much memory and time trainings take on it.')
    .option('--json', 'print JSON');
  addRunsOption(command);
  addBackendOptions(command);
  return command.addHelpText('after', HELP).action(async (call: DoctorCall) => {
    const { doctor } = await import('../actions/doctor.ts');
    exit(await doctor(call));
  });
}
