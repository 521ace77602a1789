/** What `cyclegan import` does. */
import { basename } from 'node:path';
import { EXIT } from '../errors.ts';
import { importCheckpoint, type WholeCheckpoint, wholeCheckpoint } from '../export/import-checkpoint.ts';
import { importRun, nameOfImport } from '../export/import-run.ts';
import { describeNetwork } from '../runs/network-text.ts';
import { type RunFolder, runFolder } from '../runs/run-folder.ts';
import { networkNames, networksOf, openWeightsFiles, type RunWeights } from '../runs/run-weights.ts';
import { DEFAULT_RUNS } from '../settings/options.ts';
import { shellWord } from '../shell.ts';

/** What was asked for. */
export interface ImportCall {
  readonly name?: string;
  readonly runsDir: string;
}

/** Makes a run of a checkpoint, or of files of weights; the exit status. Throws UsageError for a name that is none, RunError for what cannot be read or written. */
export async function importFiles(files: readonly string[], { name, runsDir }: ImportCall): Promise<number> {
  const folder = runFolder(runsDir, name ?? nameOfImport(files[0] ?? ''));
  const [first = '', ...others] = files;
  const checkpoint = others.length === 0 ? await wholeCheckpoint(first) : undefined;
  if (checkpoint !== undefined) return importWhole(folder, checkpoint, runsDir);
  const weights = await openWeightsFiles(files);
  await importRun(folder, weights);
  tellNetworks(weights);
  process.stdout.write(`${folder.path} is ready. ${nextStep(shellWord(folder.path), networkNames(weights))}\n`);
  return EXIT.done;
}

async function importWhole(folder: RunFolder, checkpoint: WholeCheckpoint, runs: string): Promise<number> {
  await importCheckpoint(folder, checkpoint);
  tellNetworks({ networks: networksOf(checkpoint.model) });
  const place = runs === DEFAULT_RUNS ? '' : ` --runs ${shellWord(runs)}`;
  const goOn = `cyclegan train --name ${basename(folder.path)}${place} --resume --data DATA`;
  process.stdout.write(`${folder.path} is ready, after step ${checkpoint.state.step}. Go on with its training: ${goOn}\n`);
  return EXIT.done;
}

function tellNetworks(weights: Pick<RunWeights, 'networks'>): void {
  for (const network of networkNames(weights)) {
    const spec = weights.networks[network];
    if (spec !== undefined) process.stdout.write(`${describeNetwork(network, spec)}\n`);
  }
}

function nextStep(run: string, networks: readonly string[]): string {
  if (networks.includes('genAB')) return `Translate with: cyclegan translate PICTURES --run ${run} --out translated`;
  if (networks.includes('genBA')) return `Translate with: cyclegan translate PICTURES --run ${run} --direction BtoA --out translated`;
  return `It has no generator to translate with: import one beside it, or start a training with: cyclegan train --init-from ${run}`;
}
