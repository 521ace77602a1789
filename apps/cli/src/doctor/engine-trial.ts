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
import type { Engine } from './engines.ts';

/** Why an engine does not do, and what to do about it, where its error says so. */
export interface Failure {
  readonly reason: string;
  readonly remedy?: string | undefined;
}

/** An engine's own account of itself, or what is wrong with it. */
export type TrialResult = { readonly description: string } | Failure;

/** Largest difference of a result that counts as the same; results are of the order of 1, and devices may multiply in less than f32. */
const TOLERANCE = 0.01;

/** Operators of ONNX that multiply. */
const MULTIPLYING: ReadonlySet<string> = new Set(['Conv', 'ConvTranspose', 'FusedConv', 'FusedMatMul', 'Gemm', 'MatMul']);

/** Tries an engine; throws what it throws when it cannot be made. */
export async function tryEngine(engine: Engine): Promise<TrialResult> {
  if (engine.provider === undefined) return compareWithReference(engine);
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-doctor-'));
  try {
    const result = await compareWithReference(engine, join(folder, 'trial'));
    if ('reason' in result) return result;
    const elsewhere = await ranElsewhere(folder, engine.provider);
    return elsewhere === undefined ? result : { reason: elsewhere };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function compareWithReference({ backend: name, device }: Engine, profile?: string): Promise<TrialResult> {
  const backend = await createBackend({ backend: name, device, profile });
  const { graph, feeds } = trialGraph();
  try {
    const [expected, got] = [await compute(createReferenceBackend(), graph, feeds), await compute(backend, graph, feeds)];
    const worst = Math.max(...expected.map((value, at) => Math.abs(value - (got[at] ?? Number.NaN))));
    if (worst <= TOLERANCE) return { description: backend.device.description };
    return { reason: `a convolution comes out wrong, by ${worst.toPrecision(2)} where results are of the order of 1` };
  } finally {
    await backend.dispose();
  }
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
