/**
 * Adapters of Dawn, Chromium's implementation of WebGPU, in Node: the machine's GPUs, and SwiftShader, which computes in software and lies in
 * every Chromium. The only file that loads the package `webgpu`.
 */
import { existsSync, readdirSync } from 'node:fs';
import { DeviceError } from '@cyclegan/core';
import { softwareDriver } from './software-driver.ts';

/** Milliseconds that a turn of the event loop takes at least while there is a device. */
const PAUSE_MS = 0.2;

/** Where Vulkan looks for the drivers of GPUs. */
const DRIVER_FOLDERS = ['/etc/vulkan/icd.d', '/usr/share/vulkan/icd.d', '/usr/local/share/vulkan/icd.d', '/usr/local/etc/vulkan/icd.d'];

/** An adapter, and the instance of Dawn that it belongs to, which must outlive what is made with it: nothing else keeps it. */
export interface DawnAdapter {
  readonly adapter: GPUAdapter;
  readonly instance: GPU;
}

/**
 * Leaves the processor to others until `end`. While there is a device Dawn asks its driver for news in each turn of the event loop, and takes
 * the next turn at once: a whole core, which a driver that computes in software lacks.
 */
export function pauseBetweenTurns(end: Promise<unknown>): void {
  const nobody = new Int32Array(new SharedArrayBuffer(4));
  const pause = () => {
    Atomics.wait(nobody, 0, 0, PAUSE_MS);
    next = setImmediate(pause);
  };
  let next = setImmediate(pause);
  void end.finally(() => clearImmediate(next));
}

/** A GPU's adapter, or the software adapter where that is wanted or nothing else is there; throws DeviceError, with the remedy, when there is neither. */
export async function findDawnAdapter(software: boolean): Promise<DawnAdapter> {
  const found = await searchAdapter(software);
  if (found !== undefined) return found;
  throw new DeviceError('webgpu', { reason: 'no adapter was found', remedy: remedy() });
}

async function searchAdapter(software: boolean): Promise<DawnAdapter | undefined> {
  const { create } = await loadDawn();
  const ask = async (options: GPURequestAdapterOptions) => {
    const instance = create([]);
    const adapter = await instance.requestAdapter(options);
    return adapter === null ? undefined : { adapter, instance };
  };
  if (software || !hasDriver()) offerSoftware();
  const found = await ask({ powerPreference: 'high-performance', forceFallbackAdapter: software });
  if (found !== undefined || software) return found;
  offerSoftware();
  return ask({});
}

/** Whether there may be a GPU with a driver; not asking Vulkan where there is none spares the user its warnings. */
function hasDriver(): boolean {
  if (process.platform !== 'linux' || process.env.VK_DRIVER_FILES !== undefined) return true;
  return DRIVER_FOLDERS.some((folder) => existsSync(folder) && readdirSync(folder).length > 0);
}

/** Lets Vulkan find the software driver of an installed Chromium, unless the user has named a driver. */
function offerSoftware(): void {
  const driver = softwareDriver();
  // read by Vulkan's loader when an instance is made
  if (driver !== undefined) process.env.VK_DRIVER_FILES ??= driver;
}

function remedy(): string {
  const driver = 'install the driver of the GPU (Vulkan on Linux, Direct3D 12 on Windows; macOS brings Metal)';
  if (process.platform !== 'linux') return `${driver}, or use another backend.`;
  return `${driver}, on Debian and Ubuntu \`sudo apt install libvulkan1 mesa-vulkan-drivers\`; for software rendering, slow, \`sudo apt install libvulkan1 chromium\`; or use another backend.`;
}

async function loadDawn(): Promise<typeof import('webgpu')> {
  try {
    const dawn = await import('webgpu');
    // kernels name usages by the constants that browsers have
    Object.assign(globalThis, dawn.globals);
    return dawn;
  } catch (cause) {
    const reason = `the package webgpu cannot be loaded (${cause instanceof Error ? cause.message.split('\n')[0] : String(cause)})`;
    throw new DeviceError('webgpu', { reason, remedy: 'install it with `npm install webgpu`.', cause });
  }
}
