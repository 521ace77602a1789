/** What a run was computed with, as its checkpoints state it. */
import type { Backend } from '@cyclegan/core';

/** What a backend computes with, in words: on another, training does not go on with the same bits. `runtime` is the version of Node, or of the browser. */
export function environmentOf({ name, device }: Pick<Backend, 'name' | 'device'>, runtime: string): Record<string, string> {
  const { kind, description, threads } = device;
  return { backend: name, device: kind, engine: description, threads: String(threads ?? 'unknown'), node: runtime };
}
