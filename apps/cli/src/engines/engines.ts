/**
 * The engines that the program offers, as data: where each exists at all, and how its profile calls it. Checking them is engine-check.ts's
 * affair.
 */
import { BACKENDS, devicesOf, type EngineName } from '../backends.ts';

/** Where an engine exists. */
export interface Habitat {
  /** In words. */
  readonly name: string;
  readonly platform: NodeJS.Platform;
  readonly architecture?: NodeJS.Architecture;
}

/** What is known of an engine before it is tried. */
interface Facts {
  /** Everywhere, unless given. */
  readonly habitat?: Habitat;
  /**
   * What ONNX Runtime calls it in profiles. It computes elsewhere, without a word, what a device cannot: only a profile tells.
   */
  readonly provider?: string;
}

/** A pair of `--backend` and `--device`. */
export interface Engine extends EngineName, Facts {}

const CUDA: Habitat = { name: 'Linux x64', platform: 'linux', architecture: 'x64' };

/** By backend and device; the others are everywhere, and compute where they say. */
const FACTS: Readonly<Record<string, Facts>> = {
  'onnx cuda': { habitat: CUDA, provider: 'CUDAExecutionProvider' },
  'onnx webgpu': { provider: 'WebGpuExecutionProvider' },
  'onnx coreml': { habitat: { name: 'macOS', platform: 'darwin' }, provider: 'CoreMLExecutionProvider' },
  'onnx dml': { habitat: { name: 'Windows', platform: 'win32' }, provider: 'DmlExecutionProvider' },
};

/** All of them, the default first. */
export const ENGINES: readonly Engine[] = BACKENDS.flatMap((backend) =>
  devicesOf(backend).map((device) => engineNamed({ backend, device })),
);

/** An engine with what is known of it. */
export function engineNamed({ backend, device }: EngineName): Engine {
  return { backend, device, ...FACTS[`${backend} ${device}`] };
}

/** Whether an engine can exist on a machine at all. */
export function isAtHome({ habitat }: Engine, { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process): boolean {
  if (habitat === undefined) return true;
  return habitat.platform === platform && (habitat.architecture ?? arch) === arch;
}
