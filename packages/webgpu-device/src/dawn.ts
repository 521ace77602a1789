/**
 * Adapters of Dawn, Chromium's implementation of WebGPU, in Node: the machine's GPUs, and SwiftShader, which computes in software and lies in
 * every Chromium. The only file that loads the package `webgpu`.
 */
import { existsSync } from 'node:fs';
import { DeviceError } from '@cyclegan/core';

/** Where installations of Chromium keep the driver of SwiftShader. */
const SOFTWARE_DRIVERS = [
  '/usr/lib/chromium/vk_swiftshader_icd.json',
  '/usr/lib/chromium-browser/vk_swiftshader_icd.json',
  '/usr/lib64/chromium-browser/vk_swiftshader_icd.json',
  '/opt/google/chrome/vk_swiftshader_icd.json',
  '/opt/microsoft/msedge/vk_swiftshader_icd.json',
];

/** A GPU's adapter, or the software adapter where that is wanted or nothing else is there; null when there is neither. */
export async function findDawnAdapter(software: boolean): Promise<GPUAdapter | null> {
  const { create } = await loadDawn();
  if (!software) {
    const adapter = await keptInstance(create).requestAdapter({ powerPreference: 'high-performance' });
    if (adapter !== null) return adapter;
  }
  // read by the loader of Vulkan when an instance is made; what the user has set stays
  const driver = SOFTWARE_DRIVERS.find(existsSync);
  if (driver !== undefined) process.env.VK_DRIVER_FILES ??= driver;
  return keptInstance(create).requestAdapter({ forceFallbackAdapter: software });
}

/** Instances of Dawn, which must outlive their devices: one that is collected takes the memory of its devices with it. */
const instances: GPU[] = [];

function keptInstance(create: typeof import('webgpu')['create']): GPU {
  const instance = create([]);
  instances.push(instance);
  return instance;
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
