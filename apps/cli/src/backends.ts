/**
 * Backends by name, with the devices of each. A backend is loaded when it is asked for, so that an engine which is not installed disturbs
 * nobody else. Knows nothing of which engine is the best here.
 */
import type { Backend, EngineChoices, MemoryUse, Precision } from '@cyclegan/core';
import { environmentOf as statedEnvironment } from '@cyclegan/formats/run';
import { UsageError } from './errors.ts';

/** What a backend is opened with beside its device. */
interface EngineOptions {
  /** CPU threads; the backend decides unless given. */
  readonly threads?: number;
  /** Prefix of the files that the engine writes its own profiles to, where it can. */
  readonly profile?: string;
  /** Whether kernels are chosen by measuring them, where the backend does that: worth it when they run many times. */
  readonly tune?: boolean;
  /** What was chosen by measuring before. */
  readonly choices?: EngineChoices;
  /** Whether the time of each kernel is measured, which some backends can. */
  readonly kernelTimes?: boolean;
}

type OpenOptions<Device> = EngineOptions & { readonly device: Device };

/** What is known of a backend before it is loaded. */
interface Entry<Device extends string> {
  /** Names for `--device`, the default first. */
  readonly devices: readonly [Device, ...Device[]];
  /** Those that compute in as many CPU threads as they are told. */
  readonly threaded?: readonly Device[];
  /** Whether it can measure the time of its kernels. */
  readonly timed?: boolean;
  /** Whether it can train in mixed precision, where its adapter has f16. */
  readonly mixed?: boolean;
  open(options: OpenOptions<Device>): Promise<Backend>;
}

const ONNX_DEVICES = ['cpu', 'cuda', 'webgpu', 'coreml', 'dml'] as const;
const TFJS_DEVICES = ['wasm', 'cpu', 'node', 'node-gpu', 'webgpu'] as const;

/** All of them, the default first. */
const CATALOG = {
  onnx: entry({
    devices: ONNX_DEVICES,
    threaded: ONNX_DEVICES,
    open: async (options) => (await import('@cyclegan/backend-onnx')).createOnnxBackend(options),
  }),
  tfjs: entry({
    devices: TFJS_DEVICES,
    threaded: ['node'],
    open: async (options) => (await import('@cyclegan/backend-tfjs')).createTfjsBackend(options),
  }),
  webgpu: entry({
    devices: ['webgpu'],
    timed: true,
    mixed: true,
    open: async ({ tune = false, choices, kernelTimes: profile = false }) => {
      const { createWebGpuBackend } = await import('@cyclegan/backend-webgpu');
      // in software, where measuring takes long and gains nothing, it does not tune either
      return createWebGpuBackend({ profile, ...(tune ? {} : { tune }), ...(choices === undefined ? {} : { choices }) });
    },
  }),
  reference: entry({ devices: ['cpu'], open: async () => (await import('@cyclegan/core/reference')).createReferenceBackend() }),
};

function entry<Device extends string>(of: Entry<Device>): Entry<Device> {
  return of;
}

/** A name for `--backend` that stands for one engine family. */
export type BackendName = keyof typeof CATALOG;

/** A name for `--device`, of whichever backend. */
export type DeviceName = (typeof CATALOG)[BackendName]['devices'][number];

/** Names for `--backend`, but for `auto`, the default first. */
export const BACKENDS = Object.keys(CATALOG) as [BackendName, ...BackendName[]];

/** The backend that computes unless another is asked for. */
export const DEFAULT_BACKEND: BackendName = 'onnx';

/** The name for `--backend` that leaves the choice to the program. */
export const AUTO = 'auto';

/** Names for `--device`, of all backends. */
export const DEVICES = [...new Set(BACKENDS.flatMap(devicesOf))] as [DeviceName, ...DeviceName[]];

/** Names for `--memory`. */
export const MEMORY_USES = ['fast', 'low'] as const satisfies readonly MemoryUse[];

/** Names for `--precision`. */
export const PRECISIONS = ['f32', 'f16'] as const satisfies readonly Precision[];

/** A backend and one of its devices. */
export interface EngineName {
  readonly backend: BackendName;
  readonly device: DeviceName;
}

/** What a command computes on, and how. */
export type BackendChoice = EngineName & { readonly [Name in keyof EngineOptions]?: EngineOptions[Name] | undefined };

/** The devices of a backend, the default first. */
export function devicesOf(backend: BackendName): readonly [DeviceName, ...DeviceName[]] {
  return CATALOG[backend].devices;
}

/** Whether an engine computes in as many CPU threads as it is told. */
export function takesThreads({ backend, device }: EngineName): boolean {
  const { threaded = [] }: { readonly threaded?: readonly DeviceName[] } = CATALOG[backend];
  return threaded.includes(device);
}

/** Whether a backend can measure the time of its kernels. */
export function timesKernels(backend: BackendName): boolean {
  const { timed = false }: { readonly timed?: boolean } = CATALOG[backend];
  return timed;
}

/** Whether a backend can train in mixed precision, where its adapter has f16. */
export function mixesPrecision(backend: BackendName): boolean {
  const { mixed = false }: { readonly mixed?: boolean } = CATALOG[backend];
  return mixed;
}

/** Devices that compute in the memory of the machine; the others have some of their own. */
const IN_MACHINE_MEMORY: ReadonlySet<string> = new Set<DeviceName>(['cpu', 'wasm', 'node']);

/** Whether a device has memory of its own. */
export function hasOwnMemory(device: string): boolean {
  return !IN_MACHINE_MEMORY.has(device);
}

/**
 * The choice, checked; throws UsageError for a device that the backend does not have, which names the backends that have it, and for
 * threads where they cannot be chosen.
 */
export function checkedChoice(choice: BackendChoice): BackendChoice {
  const { backend, device, threads } = choice;
  if (!devicesOf(backend).includes(device)) {
    const others = BACKENDS.filter((other) => devicesOf(other).includes(device)).map((other) => `--backend ${other}`);
    throw new UsageError(
      `--device ${device}: the ${backend} backend does not have it, it runs on ${devicesOf(backend).join(', ')}; use ${others.join(' or ')}.`,
    );
  }
  if (threads !== undefined && threads !== 1 && !takesThreads(choice))
    throw new UsageError(`--threads ${threads}: ${backend} on ${device} has one thread only; leave --threads out.`);
  return choice;
}

/** Makes a backend; throws UsageError as `checkedChoice`, DeviceError or BackendError, with the remedy, when it is not there. */
export async function createBackend(choice: BackendChoice): Promise<Backend> {
  const { backend, device, threads, profile, tune, choices, kernelTimes } = checkedChoice(choice);
  const { open } = CATALOG[backend] as Entry<string>;
  const options = Object.entries({ threads, profile, tune, choices, kernelTimes });
  const given: EngineOptions = Object.fromEntries(options.filter(([, value]) => value !== undefined));
  return open({ device, ...given });
}

/** What a backend computes with here, in words. */
export function environmentOf(engine: Pick<Backend, 'name' | 'device'>): Record<string, string> {
  return statedEnvironment(engine, process.version);
}
