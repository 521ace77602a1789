/**
 * Replays golden runs of the published implementation: `npm run golden -- --dir ../shared/golden --backend reference|onnx`. Both options may be repeated;
 * without them, all runs at hand on all backends. Prints each compared quantity beside its bound and PyTorch's own f32 error; exits 1 when a
 * bound is exceeded, 2 when a case asks for something unsupported or cannot be read.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createOnnxBackend } from '@cyclegan/backend-onnx';
import { type Backend, ModelError } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { type GoldenPrecision, type GoldenRow, GoldenUnsupported, runGolden, type TorchErrors } from '@cyclegan/core/testing';
import { FormatError, readGoldenRun, readTorchErrors } from '@cyclegan/formats';

const OWN = fileURLToPath(new URL('../golden/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../shared/golden/', import.meta.url));
const TORCH_ERRORS = 'torch-f32.json';

const BACKENDS: Readonly<Record<string, { readonly precision: GoldenPrecision; create(): Backend | Promise<Backend> }>> = {
  reference: { precision: 'f64', create: createReferenceBackend },
  onnx: { precision: 'f32', create: () => createOnnxBackend({ threads: 1 }) },
};

/** Names of the cases in a folder: a json and a safetensors file of one name. */
function casesIn(folder: string): string[] {
  const names = readdirSync(folder).flatMap((file) => (file.endsWith('.json') ? [file.slice(0, -'.json'.length)] : []));
  return names.filter((name) => existsSync(join(folder, `${name}.safetensors`))).sort();
}

function torchErrors(folder: string): ReadonlyMap<string, TorchErrors> {
  const files = [OWN, folder].map((at) => join(at, TORCH_ERRORS)).filter(existsSync);
  return new Map(files.flatMap((file) => [...readTorchErrors(JSON.parse(readFileSync(file, 'utf8')))]));
}

function printRow({ kind, network, error, bound, torch, passed }: GoldenRow): string {
  const beside = torch === undefined ? '' : `  PyTorch f32 ${torch.toExponential(1)}`;
  return `  ${passed ? 'ok  ' : 'FAIL'} ${kind.padEnd(24)} ${network.padEnd(6)} ${error.toExponential(1)}  bound ${bound.toExponential(1)}${beside}`;
}

/** The exit status of some cases: the worst of them. */
const PASSED = 0;
const EXCEEDED = 1;
const UNSUPPORTED = 2;

async function replay(folder: string, backend: Backend, precision: GoldenPrecision): Promise<number[]> {
  const known = torchErrors(folder);
  const results: number[] = [];
  for (const name of casesIn(folder)) {
    try {
      const json: unknown = JSON.parse(readFileSync(join(folder, `${name}.json`), 'utf8'));
      const run = readGoldenRun(json, readFileSync(join(folder, `${name}.safetensors`)));
      const rows = await runGolden(run, backend, { precision, torch: known.get(name) });
      const passed = rows.every((row) => row.passed);
      console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} on ${backend.name}`);
      for (const row of rows) console.log(printRow(row));
      results.push(passed ? PASSED : EXCEEDED);
    } catch (error) {
      if (!(error instanceof GoldenUnsupported || error instanceof FormatError || error instanceof ModelError)) throw error;
      console.log(`UNSUPPORTED ${name}: ${error.message}`);
      results.push(UNSUPPORTED);
    }
  }
  return results;
}

function folders(asked: readonly string[] | undefined): readonly string[] {
  const all = asked ?? [OWN, SHARED].filter(existsSync);
  if (asked === undefined && !all.includes(SHARED))
    console.log('The golden runs of the published implementation are not here (../shared/golden); replaying our own alone.');
  for (const folder of all) {
    if (!existsSync(folder)) throw new Error(`--dir ${folder}: there is no such folder.`);
    if (casesIn(folder).length === 0) throw new Error(`--dir ${folder}: no golden run there; expected pairs of .json and .safetensors.`);
  }
  return all;
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { dir: { type: 'string', multiple: true }, backend: { type: 'string', multiple: true } } });
  const where = folders(values.dir);
  const results: number[] = [];
  for (const name of values.backend ?? Object.keys(BACKENDS)) {
    const setup = BACKENDS[name];
    if (setup === undefined) throw new Error(`--backend ${name}: expected ${Object.keys(BACKENDS).join(' or ')}.`);
    const backend = await setup.create();
    for (const folder of where) results.push(...(await replay(folder, backend, setup.precision)));
    await backend.dispose();
  }
  const count = (status: number) => results.filter((result) => result === status).length;
  console.log(`${count(PASSED)} within bounds, ${count(EXCEEDED)} beyond, ${count(UNSUPPORTED)} unsupported.`);
  return count(EXCEEDED) > 0 ? EXCEEDED : count(UNSUPPORTED) > 0 ? UNSUPPORTED : PASSED;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 2;
  },
);
