/** `cyclegan export`: its options and what its help teaches. */
import { basename, dirname, join } from 'node:path';
import { createOnnxBackend } from '@cyclegan/backend-onnx';
import { Command, Option } from 'commander';
import { EXIT } from '../errors.ts';
import { EXPORT_FORMATS, type ExportFormat, type ExportJob, planExport, writeNetwork, writeOnnx } from '../export-run.ts';
import { kindOfPath } from '../files.ts';
import { addRunsOption, option } from '../options.ts';
import { CHECKPOINTS } from '../run-folder.ts';
import { openRunWeights, type RunWeights } from '../run-weights.ts';
import { wholeNumber } from '../settings.ts';

const HELP = `
Examples:
  Both generators as ONNX files, AtoB.onnx and BtoA.onnx, for browsers, phones and servers:
    $ cyclegan export --run first --out models

  All networks as pytorch-CycleGAN-and-pix2pix loads them (latest_net_G_A.pth ...):
    $ cyclegan export --run first --format pth --out checkpoints/first

ONNX files take and give pictures N x channels x H x W with values from -1 to 1, in any number; H and W are multiples of what their metadata call
cyclegan.sizeMultiple. Each is run once and compared with translate before the command ends.

In the others a network is named as the reference does: G_A turns A into B, G_B turns B into A, D_A judges pictures of B, D_B those of A; G and D
are those of pix2pix.

Exit status: 0 done, 1 failed, 2 called wrongly.`;

interface Options {
  readonly run: string;
  readonly runsDir: string;
  readonly format: ExportFormat;
  readonly checkpoint?: number;
  readonly out?: string;
  readonly force?: boolean;
}

/** The command, which calls `exit` with its status. */
export function exportCommand(exit: (status: number) => void): Command {
  const command = new Command('export')
    .summary("write a run's networks for other programs")
    .description("Writes a run's generators as ONNX models, or the weights of all its networks.")
    .requiredOption('--run <run>', 'name of the run, its folder, or a file of weights')
    .addOption(new Option('--format <format>', 'what to write').choices(EXPORT_FORMATS).default('onnx'))
    .addOption(option('--checkpoint <step>', { about: 'of an earlier checkpoint', schema: wholeNumber(0), shown: 'the last one' }))
    .option('--out <folder>', "where the files go (default: export in the run's folder)")
    .option('--force', 'replace files that exist');
  addRunsOption(command);
  return command.addHelpText('after', HELP).action(async (options: Options) => {
    const { run, runsDir, format, force = false } = options;
    const weights = await openRunWeights(runsDir, run, options);
    const jobs = await planExport(weights, { format, out: options.out ?? (await defaultOut(weights)), force });
    if (format === 'onnx') await exportOnnx(weights, jobs);
    else await exportWeights(weights, jobs);
    exit(EXIT.done);
  });
}

/** In the run's folder, or beside a file. */
async function defaultOut({ path }: RunWeights): Promise<string> {
  if ((await kindOfPath(path)) === 'folder') return join(path, 'export');
  const folder = dirname(path);
  return join(basename(folder) === CHECKPOINTS ? dirname(folder) : folder, 'export');
}

async function exportOnnx(weights: RunWeights, jobs: readonly ExportJob[]): Promise<void> {
  const backend = await createOnnxBackend();
  try {
    for (const job of jobs) {
      const difference = await writeOnnx(weights, job, backend);
      process.stdout.write(`${job.path}: ${job.network}, within ${difference.toPrecision(1)} of translate (values from -1 to 1)\n`);
    }
  } finally {
    await backend.dispose();
  }
}

async function exportWeights(weights: RunWeights, jobs: readonly ExportJob[]): Promise<void> {
  for (const { network, path } of jobs) {
    await writeNetwork(weights, network, path);
    process.stdout.write(`${path}: ${network}\n`);
  }
}
