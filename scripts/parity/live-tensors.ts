/** What an engine still holds on its device. */
import type { Backend } from '@cyclegan/core';

/** Turns of the event loop within which what was disposed of must be gone: stores free their variables after the calls already made. */
const TURNS = 50;

/** How many tensors an engine holds when all work is settled; undefined for one that cannot count them. */
export async function liveTensors(backend: Backend): Promise<number | undefined> {
  for (let turn = 0; turn < TURNS; turn++) {
    if (backend.liveTensors === undefined || backend.liveTensors() === 0) break;
    await new Promise(setImmediate);
  }
  return backend.liveTensors?.();
}
