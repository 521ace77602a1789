/**
 * A trial of one engine: a small convolution, computed on it and on the reference backend. Runs in a process of its own (engine-child.ts),
 * since an engine that is badly installed may end or hang the one that it is in.
 */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, compile, conv2d, convGeometry, type Feeds, f32, type Graph, trace } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { z } from 'zod';
import { createBackend } from '../backends.ts';
import { convolutionRate } from './convolution-rate.ts';
import type { Engine } from './engines.ts';

/** Why an engine does not do, and what to do about it, where its error says so. */
export interface Failure {
  readonly reason: string;
  readonly remedy?: string | undefined;
}

/** What is to be found out. */
export interface TrialRequest {
  readonly engine: Engine;
  /** Whether to measure how fast it is. */
  readonly rate: boolean;
}

/** An engine that works. */
export interface Success {
  /** Its own account of itself. */
  readonly description: string;
  /** See EngineReport. */
  readonly software?: boolean;
  readonly gflops?: number;
}

/** What came of a trial. */
export type TrialResult = Success | Failure;

/** Largest difference of a result that counts as the same; results are of the order of 1, and devices may multiply in less than f32. */
const TOLERANCE = 0.01;

/** Operators of ONNX that multiply. */
const MULTIPLYING: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'FusedConv', 'FusedMatMul', 'Gemm', 'MatMul']);

/** Tries an engine; throws what it throws when it cannot be made. */
export async function tryEngine({ engine, rate }: TrialRequest): Promise<TrialResult> {
  const wrong = engine.provider === undefined ? undefined : await inProfile(engine, engine.provider);
  if (wrong !== undefined) return wrong;
  const backend = await createBackend(engine);
  try {
    const worst = await compareWithReference(backend);
    if (!(worst <= TOLERANCE))
      return { reason: `a convolution comes out wrong, by ${worst.toPrecision(2)} where results are of the order of 1` };
    const gflops = rate ? { gflops: await convolutionRate(backend, () => performance.now()) } : {};
    return { ...(await accountOf(backend)), ...gflops };
  } finally {
    await backend.dispose();
  }
}

/** What is wrong when the profile of an engine says that it computed elsewhere. */
async function inProfile(engine: Engine, provider: string): Promise<Failure | undefined> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-doctor-'));
  try {
    const backend = await createBackend({ ...engine, profile: join(folder, 'trial') });
    await compareWithReference(backend).finally(() => backend.dispose());
    const elsewhere = await ranElsewhere(folder, provider);
    return elsewhere === undefined ? undefined : { reason: elsewhere };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** An engine's account of itself, which for WebGPU has to tell of the adapter: it may be one that computes in software. */
async function accountOf({ device: { kind, description } }: Backend): Promise<Success> {
  if (kind !== 'webgpu') return { description };
  const { openGpu } = await import('@cyclegan/webgpu-device');
  const gpu = await openGpu();
  const { description: adapter, software } = gpu;
  gpu.dispose();
  return { description: description.includes(adapter) ? description : `${description}, ${adapter}`, software };
}

/** The largest difference of the results of a convolution; NaN when some are missing. */
async function compareWithReference(backend: Backend): Promise<number> {
  const { graph, feeds } = trialGraph();
  const [expected, got] = [await compute(createReferenceBackend(), graph, feeds), await compute(backend, graph, feeds)];
  return Math.max(...expected.map((value, at) => Math.abs(value - (got[at] ?? Number.NaN))));
}

/** A convolution of 3 x 3 over four channels. */
function trialGraph(): { readonly graph: Graph; readonly feeds: Feeds } {
  const waves = (shape: readonly number[], length: number) =>
    f32(
      shape,
      Float32Array.from({ length }, (_, at) => Math.sin(at) / 3),
    );
  const graph = trace((recorder) => {
    const [x, w] = [recorder.input('x', [1, 4, 8, 8]), recorder.input('w', [4, 4, 3, 3])];
    recorder.output('y', conv2d(x, w, convGeometry(1, 1)));
  });
  return { graph, feeds: { x: waves([1, 4, 8, 8], 256), w: waves([4, 4, 3, 3], 144) } };
}

async function compute(backend: Backend, graph: Graph, feeds: Feeds): Promise<readonly number[]> {
  const store = backend.createStore();
  const program = await compile(backend, graph, { store });
  try {
    const { y } = await program.run(feeds);
    return y === undefined ? [] : [...(await y).data];
  } finally {
    program.dispose();
    store.dispose();
    // a profile is written by what disposing put off until the run was settled
    await new Promise(setImmediate);
  }
}

const profileSchema = z.array(
  z.object({
    cat: z.string().optional(),
    args: z.object({ op_name: z.string().optional(), provider: z.string().optional() }).optional(),
  }),
);

/** In words, where else than with `provider` the products of the profiles in a folder were computed; undefined when nowhere else. */
async function ranElsewhere(folder: string, provider: string): Promise<string | undefined> {
  const files = await readdir(folder);
  const texts = await Promise.all(files.map((file) => readFile(join(folder, file), 'utf8')));
  const events = texts.flatMap((text) => profileSchema.parse(JSON.parse(text)));
  const providers = new Set(events.filter(({ args }) => MULTIPLYING.has(args?.op_name ?? '')).flatMap(({ args }) => args?.provider ?? []));
  if (providers.size === 0) return `its profile does not tell where it computed, so that it may have been on the CPU`;
  const others = [...providers].filter((other) => other !== provider);
  return others.length === 0 ? undefined : `ONNX Runtime computed a convolution with ${others.join(', ')} in its place, without a word`;
}
