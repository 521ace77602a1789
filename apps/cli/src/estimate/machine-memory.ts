/** How much memory there is for this program: of the machine, or of the container that it runs in. */
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
  const free = process.platform === 'darwin' ? total : Math.min(process.availableMemory(), freemem());
  return { total, free };
}
