/** What `cyclegan import` does. */
import { EXIT } from '../errors.ts';
import { importRun, nameOfImport } from '../export/import-run.ts';
import { describeNetwork } from '../runs/network-text.ts';
import { runFolder } from '../runs/run-folder.ts';
import { networkNames, openWeightsFiles } from '../runs/run-weights.ts';
import { shellWord } from '../shell.ts';

/** What was asked for. */
export interface ImportCall {
  readonly name?: string;
  readonly runsDir: string;
}

/** Makes a run of files of weights; the exit status. Throws UsageError for a name that is none, RunError for what cannot be read or written. */
export async function importFiles(files: readonly string[], { name, runsDir }: ImportCall): Promise<number> {
  const folder = runFolder(runsDir, name ?? nameOfImport(files[0] ?? ''));
  const weights = await openWeightsFiles(files);
  await importRun(folder, weights);
  for (const network of networkNames(weights)) {
    const spec = weights.networks[network];
    if (spec !== undefined) process.stdout.write(`${describeNetwork(network, spec)}\n`);
  }
  process.stdout.write(`${folder.path} is ready. ${nextStep(shellWord(folder.path), networkNames(weights))}\n`);
  return EXIT.done;
}

function nextStep(run: string, networks: readonly string[]): string {
  if (networks.includes('genAB')) return `Translate with: cyclegan translate PICTURES --run ${run} --out translated`;
  if (networks.includes('genBA')) return `Translate with: cyclegan translate PICTURES --run ${run} --direction BtoA --out translated`;
  return `It has no generator to translate with: import one beside it, or start a training with: cyclegan train --init-from ${run}`;
}
