/** From what options say of an engine to the one that computes. Loads no engine unless it has to look for one. */
import {
  AUTO,
  type BackendChoice,
  type BackendName,
  checkedChoice,
  DEFAULT_BACKEND,
  type DeviceName,
  devicesOf,
  type EngineName,
  takesThreads,
} from '../backends.ts';
import { UsageError } from '../errors.ts';
import { note } from '../terminal/messages.ts';

/** What options say. */
export interface EngineRequest {
  readonly backend?: BackendName | typeof AUTO | undefined;
  readonly device?: DeviceName | undefined;
  readonly threads?: number | undefined;
}

/** The engine that was asked for; with `auto` the best that works here, which is told on standard error. Throws as `namedEngine`. */
export async function chooseEngine(request: EngineRequest): Promise<BackendChoice> {
  const named = namedEngine(request);
  if (named !== undefined) return named;
  const { findBestEngine } = await import('./auto-engine.ts');
  const { engine, why } = await findBestEngine();
  note(`--backend auto: ${engine.backend} on ${engine.device} (${why})`);
  return withThreads(engine, request);
}

/**
 * The engine that was named, or the default; undefined for `auto`. Throws UsageError for a device that the backend does not have, for threads
 * where they cannot be chosen, and for `auto` with a device.
 */
export function namedEngine({ backend = DEFAULT_BACKEND, device, threads }: EngineRequest): BackendChoice | undefined {
  if (backend !== AUTO)
    return checkedChoice({ backend, device: device ?? devicesOf(backend)[0], ...(threads === undefined ? {} : { threads }) });
  if (device !== undefined) throw new UsageError(`--device ${device}: --backend auto chooses the device as well; leave one of them out.`);
  return undefined;
}

/** An engine with the threads that were asked for, where it takes any. */
export function withThreads(engine: EngineName, { threads }: EngineRequest): BackendChoice {
  const { backend, device } = engine;
  return { backend, device, ...(threads === undefined || !takesThreads(engine) ? {} : { threads }) };
}
