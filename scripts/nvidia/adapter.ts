/**
 * Tells which WebGPU adapter is there, and what it allows. Ends with status 1 when there is none, or one in software alone, unless `--software` says that this
 * will do.
 */
import { parseArgs } from 'node:util';
import { DeviceError } from '@cyclegan/core';
import { openGpu } from '@cyclegan/webgpu-device';

const { values } = parseArgs({ options: { software: { type: 'boolean', default: false } } });

try {
  const gpu = await openGpu();
  const { features, limits } = gpu.device;
  console.log(`${gpu.description} (${gpu.info.vendor} ${gpu.info.architecture})`);
  console.log(`features: ${[...features].join(', ')}`);
  for (const name of ['maxBufferSize', 'maxStorageBufferBindingSize', 'maxComputeWorkgroupStorageSize'] as const)
    console.log(`${name}: ${limits[name]}`);
  gpu.dispose();
  if (gpu.software && !values.software) fail('this adapter computes in software; the driver of the card was not found.');
} catch (error) {
  if (!(error instanceof DeviceError)) throw error;
  fail(error.message);
}

function fail(message: string): void {
  console.error(`error: ${message}`);
  process.exitCode = 1;
}
