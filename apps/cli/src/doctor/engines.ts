/**
 * The engines that the program offers, as data: what to ask for each, where it exists at all, and how its profile calls it. Checking them
 * is engine-check.ts's affair.
 */
import type { BackendChoice } from '../backends.ts';

/** Where an engine exists. */
export interface Habitat {
  /** In words. */
  readonly name: string;
  readonly platform: NodeJS.Platform;
  readonly architecture?: NodeJS.Architecture;
}

/** A pair of `--backend` and `--device`. */
export interface Engine extends Pick<BackendChoice, 'backend' | 'device'> {
  /** Everywhere, unless given. */
  readonly habitat?: Habitat;
  /**
   * What ONNX Runtime calls it in profiles. It computes elsewhere, without a word, what a device cannot: only a profile tells.
   */
  readonly provider?: string;
}

/** All of them, the default first. */
export const ENGINES: readonly Engine[] = [
  { backend: 'onnx', device: 'cpu' },
  {
    backend: 'onnx',
    device: 'cuda',
    habitat: { name: 'Linux x64', platform: 'linux', architecture: 'x64' },
    provider: 'CUDAExecutionProvider',
  },
  { backend: 'onnx', device: 'webgpu', provider: 'WebGpuExecutionProvider' },
  { backend: 'onnx', device: 'coreml', habitat: { name: 'macOS', platform: 'darwin' }, provider: 'CoreMLExecutionProvider' },
  { backend: 'onnx', device: 'dml', habitat: { name: 'Windows', platform: 'win32' }, provider: 'DmlExecutionProvider' },
  { backend: 'reference', device: 'cpu' },
];

/** Whether an engine can exist on a machine at all. */
export function isAtHome({ habitat }: Engine, { platform, arch }: Pick<NodeJS.Process, 'platform' | 'arch'> = process): boolean {
  if (habitat === undefined) return true;
  return habitat.platform === platform && (habitat.architecture ?? arch) === arch;
}
