/** How much memory there is for this program: of the machine, or of the container that it runs in. */
import { readFileSync } from 'node:fs';
import { freemem, totalmem } from 'node:os';

/** Bytes of memory. */
export interface MachineMemory {
  readonly total: number;
  /** What can be had before something else must give way. */
  readonly free: number;
}

/** The memory at present. */
export function machineMemory(): MachineMemory {
  const limit = process.constrainedMemory();
  // without a limit Node says 0, or a number beyond all memory
  const total = limit > 0 ? Math.min(limit, totalmem()) : totalmem();
  // macOS counts as free only what nothing was ever read into
  const free = process.platform === 'darwin' ? total : Math.min(freemem(), leftOf(limit));
  return { total, free };
}

/** What is left of a container's limit, what it keeps of files included: that gives way. Infinite without a limit, or where nothing is known. */
function leftOf(limit: number): number {
  const available = process.availableMemory();
  if (available === 0) return Number.POSITIVE_INFINITY;
  return limit > 0 && limit < totalmem() ? available + cachedFiles() : available;
}

/** Bytes of files in memory that count towards a container's limit and can be dropped. */
function cachedFiles(): number {
  for (const path of ['/sys/fs/cgroup/memory.stat', '/sys/fs/cgroup/memory/memory.stat']) {
    try {
      const found = /^(?:total_)?inactive_file (\d+)$/m.exec(readFileSync(path, 'utf8'));
      if (found !== null) return Number(found[1]);
    } catch {
      // the other version of control groups, or none
    }
  }
  return 0;
}
