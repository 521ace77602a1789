/** What every section of an engine is asked besides its own questions. */
import type { Backend } from '@cyclegan/core';
import { liveTensors } from './live-tensors.ts';
import type { Common } from './protocol.ts';

const MICROSECONDS = 1e6;

/** Runs a section: its own results, its time, and what it leaves on the device. */
export async function measured<Result extends object>(backend: Backend, work: () => Promise<Result>): Promise<Result & Common> {
  const [begun, used] = [performance.now(), process.cpuUsage()];
  const result = await work();
  const live = await liveTensors(backend);
  const { user, system } = process.cpuUsage(used);
  return {
    ...result,
    seconds: (performance.now() - begun) / 1000,
    processorSeconds: (user + system) / MICROSECONDS,
    ...(live === undefined ? {} : { liveTensors: live }),
  };
}
