/** The order in which `--backend auto` looks for an engine, as data that help and documentation show. */
import type { EngineName } from '../backends.ts';

/**
 * Engines on GPUs, the best first: makers' own libraries; then WebGPU, compiled as a whole, op by op, and at last where some of it is computed
 * on the CPU. Adapters that compute in software do not count.
 */
export const AUTO_ORDER: readonly EngineName[] = [
  { backend: 'onnx', device: 'cuda' },
  { backend: 'tfjs', device: 'node-gpu' },
  { backend: 'onnx', device: 'coreml' },
  { backend: 'onnx', device: 'dml' },
  { backend: 'webgpu', device: 'webgpu' },
  { backend: 'tfjs', device: 'webgpu' },
  { backend: 'onnx', device: 'webgpu' },
];

/** The engine where none of them works. */
export const FALLBACK: EngineName = { backend: 'onnx', device: 'cpu' };

/** The order in words: `the first of these that works on a GPU: onnx cuda, ...; else onnx cpu`. */
export function describeOrder(): string {
  const name = ({ backend, device }: EngineName) => `${backend} ${device}`;
  return `the first of these that works on a GPU: ${AUTO_ORDER.map(name).join(', ')}; else ${name(FALLBACK)}`;
}
