/** Making a run of weights that were trained elsewhere: a file for each network, under the reference's names, as safetensors. */
import { basename, dirname, extname, resolve } from 'node:path';
import { parseReferenceFileName } from '@cyclegan/formats';
import { RunError, UsageError } from '../errors.ts';
import type { RunFolder } from '../runs/run-folder.ts';
import { networkNames, type RunWeights } from '../runs/run-weights.ts';
import { fileName, writeNetwork } from './export-run.ts';

/** The name of the run that a file becomes: the file's, or its folder's where the reference has named the file. */
export function nameOfImport(path: string): string {
  const ofFile = parseReferenceFileName(basename(path)) === undefined;
  const name = ofFile ? basename(path, extname(path)) : basename(dirname(resolve(path)));
  const usable = name.replace(/[^\w.-]+/g, '-').replace(/^\W+/, '');
  if (usable === '') throw new UsageError(`${path}: its name makes no name for a run; give one with --name.`);
  return usable;
}

/** Makes the folder of a run with the networks of `weights`, in one go; throws RunError when there is one of that name. */
export async function importRun(folder: RunFolder, weights: RunWeights): Promise<void> {
  if (await folder.exists()) throw new RunError(`${folder.path} exists already; choose another --name, or delete that folder.`);
  await folder.createWith(async (made) => {
    for (const network of networkNames(weights))
      await writeNetwork(weights, network, made.file(fileName(weights, { network, format: 'safetensors' })));
  });
}
