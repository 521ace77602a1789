/**
 * Run in a process of its own by check.ts, since an addon that is wrong ends its process: loads the package named by its argument, compares a convolution
 * with the one in plain JavaScript, measures one, and prints the findings as a line of JSON.
 */
import { createRequire } from 'node:module';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import type { Findings } from './check.ts';

const CHANNELS = 256;
const SIZE = 64;
const KERNEL = 3;
const ROUNDS = 6;
const RUNS = 4;

/** What the package reads of Node that Node 23 and newer no longer have. */
function restoreUtil(): void {
  const util: Record<string, unknown> = createRequire(import.meta.url)('node:util');
  util.isNullOrUndefined ??= (value: unknown) => value === null || value === undefined;
  util.isArray ??= Array.isArray;
}

/** Values between -1 and 1 without a pattern. */
function values(shape: readonly [number, number, number, number], phase: number): tf.Tensor4D {
  const count = shape.reduce((product, size) => product * size, 1);
  return tf.tensor4d(
    Float32Array.from({ length: count }, (_, index) => Math.sin(index * 1.7 + phase)),
    [...shape],
  );
}

async function convolve(backend: string): Promise<Float32Array> {
  await tf.setBackend(backend);
  const result = tf.tidy(() => tf.conv2d(values([2, 11, 13, 8], 0), values([KERNEL, KERNEL, 8, 16], 1), 1, 'valid'));
  return (await result.data()) as Float32Array;
}

/** GFLOP/s of a 3x3 convolution of 256 to 256 channels at 64x64, without padding, in the fastest of the rounds. */
function measure(): number {
  const picture = values([1, SIZE, SIZE, CHANNELS], 0);
  const filter = values([KERNEL, KERNEL, CHANNELS, CHANNELS], 1);
  const seconds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    const results = Array.from({ length: RUNS }, () => tf.conv2d(picture, filter, 1, 'valid'));
    results.at(-1)?.dataSync();
    tf.dispose(results);
    return (performance.now() - start) / 1000 / RUNS;
  });
  return (2 * (SIZE - KERNEL + 1) ** 2 * CHANNELS ** 2 * KERNEL ** 2) / Math.min(...seconds) / 1e9;
}

restoreUtil();
await import(process.argv[2] ?? '');
const expected = await convolve('cpu');
const actual = await convolve('tensorflow');
const { binding, isUsingGpuDevice } = tf.backend() as unknown as {
  readonly binding: { readonly TF_Version: string };
  readonly isUsingGpuDevice: boolean;
};
const findings: Findings = {
  tensorflow: binding.TF_Version,
  gpu: isUsingGpuDevice,
  error: Math.max(...actual.map((value, index) => Math.abs(value - (expected[index] ?? Number.NaN)))),
  rate: measure(),
};
console.log(JSON.stringify(findings));
