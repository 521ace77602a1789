/**
 * A WebGPU device by the same call in browsers (navigator.gpu) and in Node (Dawn, the npm package `webgpu`). Knows adapters and devices,
 * and nothing of what is computed on them.
 */
import { DeviceError } from '@cyclegan/core';

/** How a device is chosen. */
export interface GpuOptions {
  /** Take the software adapter even where there is a GPU; without it, software serves only where nothing else is. */
  readonly software?: boolean;
}

/** An open device. */
export interface Gpu {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  /** Adapter in words; says so when it is a software adapter. */
  readonly description: string;
  readonly software: boolean;
  /** Whether kernels can compute by subgroups and number these: the feature `subgroups`, and WGSL's `subgroup_id`. */
  readonly subgroups: boolean;
  /** Destroys the device. In Node it keeps the process from ending, and each turn of the event loop takes 0.2 ms at least, until then. */
  dispose(): void;
}

/** Limits that are asked for as high as the adapter has them. */
const LIMITS = [
  'maxBufferSize',
  'maxStorageBufferBindingSize',
  'maxStorageBuffersPerShaderStage',
  'maxComputeWorkgroupStorageSize',
  'maxComputeInvocationsPerWorkgroup',
  'maxComputeWorkgroupSizeX',
  'maxComputeWorkgroupSizeY',
  'maxComputeWorkgroupsPerDimension',
] as const;

/** Features that are asked for where the adapter has them. */
const FEATURES: readonly GPUFeatureName[] = ['timestamp-query', 'shader-f16', 'subgroups'];

/** Opens a device with all that kernels use of the adapter; throws DeviceError, with the remedy, when there is none. */
export async function openGpu({ software = false }: GpuOptions = {}): Promise<Gpu> {
  const { adapter, instance, pauseBetweenTurns } = await findAdapter(software);
  const device = await adapter.requestDevice({
    requiredFeatures: FEATURES.filter((feature) => adapter.features.has(feature)),
    requiredLimits: Object.fromEntries(LIMITS.map((limit) => [limit, adapter.limits[limit]])),
  });
  pauseBetweenTurns?.(device.lost);
  const { info } = adapter;
  return new OpenGpu({ device, info, instance });
}

class OpenGpu implements Gpu {
  readonly device: GPUDevice;
  readonly info: GPUAdapterInfo;
  /** Kept here, because a device whose instance is collected crashes the process. */
  readonly instance: GPU;

  constructor({ device, info, instance }: Pick<OpenGpu, 'device' | 'info' | 'instance'>) {
    this.device = device;
    this.info = info;
    this.instance = instance;
  }

  get description(): string {
    return describe(this.info);
  }

  get software(): boolean {
    return this.info.isFallbackAdapter;
  }

  get subgroups(): boolean {
    return this.device.features.has('subgroups') && this.instance.wgslLanguageFeatures.has('subgroup_id');
  }

  dispose(): void {
    this.device.destroy();
  }
}

interface Found {
  readonly adapter: GPUAdapter;
  readonly instance: GPU;
  /** What keeps Dawn from using up a processor core. */
  readonly pauseBetweenTurns?: (end: Promise<unknown>) => void;
}

async function findAdapter(software: boolean): Promise<Found> {
  const instance = (globalThis as { readonly navigator?: { readonly gpu?: GPU } }).navigator?.gpu;
  if (instance === undefined) {
    const { findDawnAdapter, pauseBetweenTurns } = await import('#dawn');
    return { ...(await findDawnAdapter(software)), pauseBetweenTurns };
  }
  const adapter = await instance.requestAdapter({ powerPreference: 'high-performance', forceFallbackAdapter: software });
  if (adapter !== null) return { adapter, instance };
  const remedy = 'turn on hardware acceleration in the settings of the browser, or use another browser.';
  throw new DeviceError('webgpu', { reason: 'no adapter was found', remedy });
}

function describe({ vendor, architecture, device, description, isFallbackAdapter }: GPUAdapterInfo): string {
  // Dawn has the driver in `description` and the card in `device`; browsers may show neither
  const named = [...new Set([description, device.replace(/-+$/, '')])].filter((text) => text !== '').join(', ');
  const name = [named, `${vendor} ${architecture}`.trim()].find((text) => text !== '') ?? 'unknown adapter';
  return isFallbackAdapter ? `${name}, software on the CPU` : name;
}
