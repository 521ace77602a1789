/** `cyclegan import`: its options and what its help teaches. */
import { Command } from 'commander';
import type { ImportCall } from '../actions/import.ts';
import { addRunsOption } from '../settings/options.ts';

const HELP = `
Examples:
  A generator that was trained with PyTorch, and what it makes of a picture:
    $ cyclegan import horse2zebra.pth
    $ cyclegan translate horse.jpg --run horse2zebra --out zebras

  All networks of a run of pytorch-CycleGAN-and-pix2pix, to go on training them:
    $ cyclegan import checkpoints/h2z/latest_net_*.pth --name h2z
    $ cyclegan train --data horse2zebra --name h2z-more --init-from h2z

  A checkpoint that was trained in a browser, to go on with it here:
    $ cyclegan import step-000500.safetensors --name tab
    $ cyclegan train --name tab --resume --data horses

Files are a checkpoint, or safetensors and PyTorch's .pth under the names of
pytorch-CycleGAN-and-pix2pix; their architecture follows from names and shapes.
Nothing in a .pth file is executed: it may hold tensors and containers, and is
refused when it holds anything else.

A file called ..._net_G_A is the generator from A to B, ..._net_G_B the one from
B to A, ..._net_D_A the discriminator of B, ..._net_D_B that of A. Any other
name, and pix2pix's ..._net_G and ..._net_D, is taken for A to B.

Exit status: 0 done, 1 failed, 2 called wrongly.`;

/** The command, which calls `exit` with its status. */
export function importCommand(exit: (status: number) => void): Command {
  const command = new Command('import')
    .summary('make a run of weights that were trained elsewhere')
    .description(
      'Makes a run of weights that were trained elsewhere, to translate with, to export, or to start a training from; or of a checkpoint, to go on with.',
    )
    .argument('<file...>', 'a checkpoint, weights of one network, or files of several networks')
    .option('--name <run>', "name of the run (default: the file's, or its folder's)");
  addRunsOption(command);
  return command.addHelpText('after', HELP).action(async (files: string[], call: ImportCall) => {
    const { importFiles } = await import('../actions/import.ts');
    exit(await importFiles(files, call));
  });
}
