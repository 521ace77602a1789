/** The engine that `--backend auto` takes: the first of its order that works here, and computes on the GPU that it names. */
import { existsSync } from 'node:fs';
import type { EngineName } from '../backends.ts';
import { AUTO_ORDER, FALLBACK } from './auto-order.ts';
import { checkEngine, type EngineReport } from './engine-check.ts';
import { engineNamed, isAtHome } from './engines.ts';

/** An engine, and why it is that one. */
export interface BestEngine {
  readonly engine: EngineName;
  readonly why: string;
}

/** Files of Linux of which one is there where a GPU is: of NVIDIA's driver, of the kernel's drivers, and of Windows in its Linux. */
const GPU_FILES = ['/dev/nvidiactl', '/dev/dri/renderD128', '/dev/kfd', '/dev/dxg'];

/** Tries one after the other, each for a second or two, until one does; none where there cannot be a GPU. */
export async function findBestEngine(): Promise<BestEngine> {
  if (!mayHaveGpu()) return { engine: FALLBACK, why: 'there is no GPU here' };
  for (const engine of AUTO_ORDER.map(engineNamed).filter((known) => isAtHome(known))) {
    const report = await checkEngine(engine, { rate: false });
    if (isReal(report)) return { engine, why: report.why };
  }
  return { engine: FALLBACK, why: 'no engine works on a GPU here, cyclegan doctor tells why' };
}

/** The engine that it takes, of those that were tried already. */
export function bestOf(reports: readonly EngineReport[]): EngineName {
  const works = ({ backend, device }: EngineName) =>
    reports.some((report) => report.backend === backend && report.device === device && isReal(report));
  return AUTO_ORDER.find(works) ?? FALLBACK;
}

function isReal({ works, software = false }: EngineReport): boolean {
  return works && !software;
}

function mayHaveGpu(): boolean {
  return process.platform !== 'linux' || GPU_FILES.some((path) => existsSync(path));
}
