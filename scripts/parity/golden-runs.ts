/**
 * Golden runs of the published implementation, and our own, on an engine. The oracle's values of each run are computed once, by the oracle's
 * process, which leaves them in a folder for the others.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join, parse } from 'node:path';
import { fileURLToPath } from 'node:url';
import { deserialize, serialize } from 'node:v8';
import { type Backend, ModelError } from '@cyclegan/core';
import {
  computeGolden,
  type GoldenRow,
  type GoldenRun,
  GoldenUnsupported,
  type GoldenValues,
  oracleRows,
  runGolden,
  type TorchErrors,
} from '@cyclegan/core/testing';
import { FormatError, readGoldenRun, readTorchErrors } from '@cyclegan/formats';
import type { Engine } from './engines.ts';
import { liveTensors } from './live-tensors.ts';
import type { GoldenResult, GoldenRunResult, Progress } from './protocol.ts';
import { measured } from './section.ts';

/** Where our own golden runs lie, and those of the published implementation, where they are at hand. */
export const GOLDEN_FOLDERS = ['../../golden/', '../../../shared/golden/'].map((path) => fileURLToPath(new URL(path, import.meta.url)));

/** The runs that an engine replays whose steps take many seconds: each kind of network, loss and normalisation once, and the paper's model. */
const SHORT_LIST: readonly string[] = [
  'cyclegan-resnet2-pixel-batchnorm-vanilla',
  'cyclegan-resnet2-wgangp-penalty-batch2',
  'cyclegan-resnet6-batchnorm-16x20-batch2',
  'pix2pix-unet128-instance-1ch-btoa',
  'cyclegan-resnet6-lsgan',
];

const TORCH_ERRORS = 'torch-f32.json';

/** A run by its files. */
interface GoldenFile {
  readonly folder: string;
  readonly name: string;
}

/** The runs in some folders whose name holds `text`, by either of their files; throws when a folder has none, or none has such a name. */
export function goldenFiles(folders: readonly string[], text = ''): readonly GoldenFile[] {
  const all = folders.flatMap((folder) => {
    if (!existsSync(folder)) throw new Error(`--dir ${folder}: there is no such folder.`);
    const files = readdirSync(folder).filter((file) => file !== TORCH_ERRORS && /\.(json|safetensors)$/.test(file));
    if (files.length === 0) throw new Error(`--dir ${folder}: no golden run there; expected pairs of .json and .safetensors.`);
    return [...new Set(files.map((file) => parse(file).name))].sort().map((name) => ({ folder, name }));
  });
  const wanted = all.filter(({ name }) => name.includes(text));
  if (wanted.length === 0) throw new Error(`--golden ${text}: no golden run has a name that holds this.`);
  return wanted;
}

/** Reads a run; throws FormatError when one of its two files is missing or is not what it should be, GoldenUnsupported for what we cannot do. */
function readRun({ folder, name }: GoldenFile): GoldenRun {
  const [json, safetensors] = [join(folder, `${name}.json`), join(folder, `${name}.safetensors`)];
  const missing = [json, safetensors].find((file) => !existsSync(file));
  if (missing !== undefined) throw new FormatError(`${missing} is missing; a golden run is a .json and a .safetensors file of one name.`);
  return readGoldenRun(JSON.parse(readFileSync(json, 'utf8')), readFileSync(safetensors));
}

function torchErrors(folders: readonly string[]): ReadonlyMap<string, TorchErrors> {
  const files = [...new Set([GOLDEN_FOLDERS[0] ?? '', ...folders])].map((at) => join(at, TORCH_ERRORS)).filter(existsSync);
  return new Map(files.flatMap((file) => [...readTorchErrors(JSON.parse(readFileSync(file, 'utf8')))]));
}

/** Which runs, and where processes leave values for each other. */
export interface GoldenChoice {
  readonly folders: readonly string[];
  readonly text: string | undefined;
  readonly shared: string;
  /** Stop runs after so many steps, and replay those of the short list alone, unless `text` names others. */
  readonly steps: number | undefined;
}

/** Replays the runs. */
export function runGoldens(
  engine: Engine,
  backend: Backend,
  { folders, text, shared, steps }: GoldenChoice,
  tell: Progress,
): Promise<GoldenResult> {
  const torch = torchErrors(folders);
  const all = goldenFiles(folders, text);
  const kept = ({ folder, name }: GoldenFile) =>
    steps === undefined || text !== undefined || !GOLDEN_FOLDERS.includes(folder) || SHORT_LIST.includes(name);
  const files = all.filter(kept);
  const leftOut = all.filter((file) => !kept(file)).map(({ name }) => name);
  return measured(backend, async () => {
    const runs: GoldenRunResult[] = [];
    for (const [at, file] of files.entries()) {
      const onStep = () => tell(at, files.length);
      runs.push(await replay(file, { engine, backend, shared, torch: torch.get(file.name), steps, onStep }));
      tell(at + 1, files.length);
    }
    return { section: 'golden', runs, leftOut, ...(steps === undefined ? {} : { steps }) };
  });
}

interface Replay {
  readonly engine: Engine;
  readonly backend: Backend;
  readonly shared: string;
  readonly torch: TorchErrors | undefined;
  readonly steps: number | undefined;
  readonly onStep: () => void;
}

async function replay(file: GoldenFile, replaying: Replay): Promise<GoldenRunResult> {
  try {
    const rows = await rowsOf(file.name, readRun(file), replaying);
    const left = await liveTensors(replaying.backend);
    return { name: file.name, rows: left === undefined ? rows : [...rows, liveRow(left)] };
  } catch (error) {
    const ofTheRun =
      error instanceof GoldenUnsupported || error instanceof FormatError || error instanceof ModelError || error instanceof SyntaxError;
    if (!ofTheRun) throw error;
    return { name: file.name, rows: [], unsupported: error.message };
  }
}

function liveRow(left: number): GoldenRow {
  return { kind: 'live tensors', network: 'all', error: left, bound: 0, passed: left === 0 };
}

async function rowsOf(
  name: string,
  run: GoldenRun,
  { engine, backend, shared, torch, steps, onStep }: Replay,
): Promise<readonly GoldenRow[]> {
  const path = join(shared, `${name}.oracle`);
  if (engine.precision !== 'f64') {
    const oracle = existsSync(path) ? (deserialize(await readFile(path)) as GoldenValues) : undefined;
    return runGolden(run, backend, { precision: 'f32', torch, oracle, steps, onStep });
  }
  const values = await computeGolden(run, backend, onStep);
  await mkdir(shared, { recursive: true });
  await writeFile(path, serialize(values));
  return oracleRows(run, values);
}
