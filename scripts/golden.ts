/**
 * Replays golden runs of the published implementation: `npm run golden -- --dir ../shared/golden --backend reference|onnx|webgpu`. Both options may be repeated;
 * without them, all runs at hand on all backends. Prints each compared quantity beside its bound and PyTorch's own f32 error; exits 1 when a
 * bound is exceeded, 2 when a case asks for something unsupported or cannot be read.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createOnnxBackend } from '@cyclegan/backend-onnx';
import { createWebGpuBackend } from '@cyclegan/backend-webgpu';
import { type Backend, ModelError } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import {
  type GoldenPrecision,
  type GoldenRow,
  type GoldenRun,
  GoldenUnsupported,
  runGolden,
  type TorchErrors,
} from '@cyclegan/core/testing';
import { FormatError, readGoldenRun, readTorchErrors } from '@cyclegan/formats';

const OWN = fileURLToPath(new URL('../golden/', import.meta.url));
const SHARED = fileURLToPath(new URL('../../shared/golden/', import.meta.url));
const TORCH_ERRORS = 'torch-f32.json';

interface Setup {
  readonly precision: GoldenPrecision;
  readonly create: () => Backend | Promise<Backend>;
}

const BACKENDS: Readonly<Record<string, Setup>> = {
  reference: { precision: 'f64', create: createReferenceBackend },
  onnx: { precision: 'f32', create: () => createOnnxBackend({ threads: 1 }) },
  // in software, which every machine with Chromium has and which computes the same everywhere
  webgpu: { precision: 'f32', create: () => createWebGpuBackend({ software: true }) },
};

/** Names of the cases in a folder, by either of their files. */
function casesIn(folder: string): string[] {
  const files = readdirSync(folder).filter((file) => file !== TORCH_ERRORS && /\.(json|safetensors)$/.test(file));
  return [...new Set(files.map((file) => parse(file).name))].sort();
}

/** Reads a case; throws FormatError when one of its two files is missing or is not what it should be, GoldenUnsupported for what we cannot do. */
function readCase(folder: string, name: string): GoldenRun {
  const [json, safetensors] = [join(folder, `${name}.json`), join(folder, `${name}.safetensors`)];
  const missing = [json, safetensors].find((file) => !existsSync(file));
  if (missing !== undefined) throw new FormatError(`${missing} is missing; a golden run is a .json and a .safetensors file of one name.`);
  return readGoldenRun(JSON.parse(readFileSync(json, 'utf8')), readFileSync(safetensors));
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
      const rows = await runGolden(readCase(folder, name), backend, { precision, torch: known.get(name) });
      const passed = rows.every((row) => row.passed);
      console.log(`${passed ? 'ok  ' : 'FAIL'} ${name} on ${backend.name}`);
      for (const row of rows) console.log(printRow(row));
      results.push(passed ? PASSED : EXCEEDED);
    } catch (error) {
      const ofTheCase =
        error instanceof GoldenUnsupported || error instanceof FormatError || error instanceof ModelError || error instanceof SyntaxError;
      if (!ofTheCase) throw error;
      console.log(`UNSUPPORTED ${name}: ${error.message}`);
      results.push(UNSUPPORTED);
    }
  }
  return results;
}

function folders(asked: readonly string[] | undefined): readonly string[] {
  const all = asked ?? [OWN, SHARED].filter(existsSync);
  if (asked === undefined && !all.includes(SHARED))
    console.log('Golden runs of the published implementation are not here, give their folder with --dir; replaying our own alone.');
  for (const folder of all) {
    if (!existsSync(folder)) throw new Error(`--dir ${folder}: there is no such folder.`);
    if (casesIn(folder).length === 0) throw new Error(`--dir ${folder}: no golden run there; expected pairs of .json and .safetensors.`);
  }
  return all;
}

function backends(asked: readonly string[] = Object.keys(BACKENDS)): readonly Setup[] {
  return asked.map((name) => {
    const setup = BACKENDS[name];
    if (setup === undefined) throw new Error(`--backend ${name}: expected ${Object.keys(BACKENDS).join(' or ')}.`);
    return setup;
  });
}

async function main(): Promise<number> {
  const { values } = parseArgs({ options: { dir: { type: 'string', multiple: true }, backend: { type: 'string', multiple: true } } });
  const where = folders(values.dir);
  const results: number[] = [];
  for (const { precision, create } of backends(values.backend)) {
    const backend = await create();
    for (const folder of where) results.push(...(await replay(folder, backend, precision)));
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
