/** The engines that the bench measures, as `--backends` names them: BACKEND or BACKEND:DEVICE. */

import type { Backend } from '@cyclegan/core';
import {
  BACKENDS,
  type BackendChoice,
  checkedChoice,
  createBackend,
  type DeviceName,
  devicesOf,
  takesThreads,
} from '../../apps/cli/src/backends.ts';

/** Exit status of a bench whose engine is not there. */
export const ABSENT = 3;

/** The engine of a name; throws Error for one that is none. */
export function engineOf(name: string): BackendChoice {
  const [backend = '', device] = name.split(':');
  const known = BACKENDS.find((each) => each === backend);
  if (known === undefined) throw new Error(`there is no backend ${backend}; expected one of ${BACKENDS.join(', ')}.`);
  return checkedChoice({ backend: known, device: (device as DeviceName | undefined) ?? devicesOf(known)[0] });
}

/** How it is measured. */
export interface EngineOptions {
  readonly threads: number;
  /** Prefix of the files that the engine writes its own profiles to. */
  readonly profile?: string;
  /** Whether the time of each kernel is measured. */
  readonly kernelTimes?: boolean;
}

/** Runs `work` with an engine that is closed again; it has so many threads, where it takes any. */
export async function withEngine<Result>(
  name: string,
  { threads, ...options }: EngineOptions,
  work: (backend: Backend) => Promise<Result>,
): Promise<Result> {
  const engine = engineOf(name);
  const backend = await createBackend({ ...engine, ...options, tune: true, ...(takesThreads(engine) ? { threads } : {}) });
  try {
    return await work(backend);
  } finally {
    await backend.dispose();
  }
}
