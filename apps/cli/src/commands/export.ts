/** `cyclegan export`: its options and what its help teaches. */
import { Command } from 'commander';
import type { ExportCall } from '../actions/export.ts';
import { EXPORT_FORMATS } from '../export/export-formats.ts';
import { addRunsOption, checkpointOption, option } from '../settings/options.ts';
import { oneOf } from '../settings/settings.ts';

const HELP = `
Examples:
  Both generators as ONNX files, AtoB.onnx and BtoA.onnx, for browsers, phones
  and servers:
    $ cyclegan export --run first --out models

  All networks as pytorch-CycleGAN-and-pix2pix loads them
  (latest_net_G_A.pth ...):
    $ cyclegan export --run first --format pth --out checkpoints/first

ONNX files take and give pictures N x channels x H x W with values from -1 to 1,
in any number; H and W are multiples of what their metadata call
cyclegan.sizeMultiple. Each is run once and compared with translate before the
command ends.

In the others a network is named as pytorch-CycleGAN-and-pix2pix does: G_A turns
A into B, G_B turns B into A, D_A judges pictures of B, D_B those of A; G and D
are those of pix2pix.

Exit status: 0 done, 1 failed, 2 called wrongly.`;

/** The command, which calls `exit` with its status. */
export function exportCommand(exit: (status: number) => void): Command {
  const command = new Command('export')
    .summary("write a run's networks for other programs")
    .description("Writes a run's generators as ONNX models, or the weights of all its networks.")
    .requiredOption('--run <run>', 'name of the run, its folder, or a file of weights')
    .addOption(option('--format <format>', { about: 'onnx, safetensors or pth', schema: oneOf(...EXPORT_FORMATS) }).default('onnx'))
    .addOption(checkpointOption())
    .option('--out <folder>', "where the files go (default: export in the run's folder)")
    .option('--force', 'replace files that exist');
  addRunsOption(command);
  return command.addHelpText('after', HELP).action(async (call: ExportCall) => {
    const { exportRun } = await import('../actions/export.ts');
    exit(await exportRun(call));
  });
}
