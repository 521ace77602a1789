/** `cyclegan import`: its options and what its help teaches. */
import { Command } from 'commander';
import { EXIT } from '../errors.ts';
import { importRun, nameOfImport } from '../import-run.ts';
import { describeNetwork } from '../network-text.ts';
import { addRunsOption } from '../options.ts';
import { runFolder } from '../run-folder.ts';
import { networkNames, openWeightsFiles } from '../run-weights.ts';
import { shellWord } from '../shell.ts';

const HELP = `
Examples:
  A generator that was trained with PyTorch, and what it makes of a picture:
    $ cyclegan import horse2zebra.pth
    $ cyclegan translate horse.jpg --run horse2zebra --out zebras

  All networks of a run of pytorch-CycleGAN-and-pix2pix, to go on training them:
    $ cyclegan import checkpoints/h2z/latest_net_*.pth --name h2z
    $ cyclegan train --data horse2zebra --name h2z-more --init-from h2z

Files are safetensors or PyTorch's .pth, under the names of pytorch-CycleGAN-and-pix2pix; the architecture follows from names and shapes. Nothing in
a .pth file is executed: it may hold tensors and containers, and is refused when it holds anything else.

A file called ..._net_G_A is the generator from A to B, ..._net_G_B the one from B to A, ..._net_D_A the discriminator of B, ..._net_D_B that of A. Any
other name, and pix2pix's ..._net_G and ..._net_D, is taken for A to B.

Exit status: 0 done, 1 failed, 2 called wrongly.`;

interface Options {
  readonly name?: string;
  readonly runsDir: string;
}

/** The command, which calls `exit` with its status. */
export function importCommand(exit: (status: number) => void): Command {
  const command = new Command('import')
    .summary('make a run of weights that were trained elsewhere')
    .description('Makes a run of weights that were trained elsewhere, to translate with, to export, or to start a training from.')
    .argument('<file...>', 'weights of one network, or files of several networks')
    .option('--name <run>', "name of the run (default: the file's, or its folder's)");
  addRunsOption(command);
  return command.addHelpText('after', HELP).action(async (files: string[], { name, runsDir }: Options) => {
    const folder = runFolder(runsDir, name ?? nameOfImport(files[0] ?? ''));
    const weights = await openWeightsFiles(files);
    await importRun(folder, weights);
    for (const network of networkNames(weights)) {
      const spec = weights.networks[network];
      if (spec !== undefined) process.stdout.write(`${describeNetwork(network, spec)}\n`);
    }
    process.stdout.write(`${folder.path} is ready. ${nextStep(shellWord(folder.path), networkNames(weights))}\n`);
    exit(EXIT.done);
  });
}

function nextStep(run: string, networks: readonly string[]): string {
  if (networks.includes('genAB')) return `Translate with: cyclegan translate PICTURES --run ${run} --out translated`;
  if (networks.includes('genBA')) return `Translate with: cyclegan translate PICTURES --run ${run} --direction BtoA --out translated`;
  return `It has no generator to translate with: import one beside it, or start a training with: cyclegan train --init-from ${run}`;
}
