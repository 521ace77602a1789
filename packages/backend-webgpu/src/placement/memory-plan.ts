/**
 * Static memory plan: temporaries share buffers when they are not needed at the same time. A kernel's operands and results are always in different
 * buffers, as WebGPU wants it. Knows times and bytes, nothing of what they are.
 */

/** Something that is needed from one kernel up to, and with, another. */
export interface Lifetime {
  readonly bytes: number;
  readonly first: number;
  readonly last: number;
}

/** A buffer for each lifetime. */
export interface MemoryPlan {
  /** Number of the buffer of each. */
  readonly buffers: readonly number[];
  readonly bufferBytes: readonly number[];
}

/** Gives out buffers, the largest lifetimes first: each takes the smallest buffer that is free while it lasts, or a new one. */
export function planMemory(lifetimes: readonly Lifetime[]): MemoryPlan {
  const order = lifetimes.map((_, k) => k).sort((a, b) => (lifetimes[b] as Lifetime).bytes - (lifetimes[a] as Lifetime).bytes || a - b);
  const buffers = new Array<number>(lifetimes.length).fill(-1);
  const bufferBytes: number[] = [];
  const tenants: Lifetime[][] = [];
  for (const k of order) {
    const lifetime = lifetimes[k] as Lifetime;
    const free = tenants
      .map((_, buffer) => buffer)
      .filter((buffer) => (tenants[buffer] as Lifetime[]).every((other) => !overlap(other, lifetime)));
    const chosen =
      free
        .sort((a, b) => closeness(tenants[a], lifetime) - closeness(tenants[b], lifetime))
        .sort((a, b) => (bufferBytes[a] as number) - (bufferBytes[b] as number))[0] ?? tenants.length;
    if (chosen === tenants.length) {
      tenants.push([]);
      bufferBytes.push(lifetime.bytes);
    }
    tenants[chosen]?.push(lifetime);
    buffers[k] = chosen;
  }
  return { buffers, bufferBytes };
}

/** The most bytes that are needed at a time: no plan takes less. */
export function livenessBound(lifetimes: readonly Lifetime[]): number {
  const changes = lifetimes.flatMap(({ bytes, first, last }) => [
    { at: first, bytes },
    { at: last + 1, bytes: -bytes },
  ]);
  let [live, most] = [0, 0];
  for (const change of changes.sort((a, b) => a.at - b.at || a.bytes - b.bytes)) {
    live += change.bytes;
    most = Math.max(most, live);
  }
  return most;
}

function overlap(a: Lifetime, b: Lifetime): boolean {
  return a.first <= b.last && b.first <= a.last;
}

/** How long a buffer would lie idle next to a lifetime: close neighbours leave room for others. */
function closeness(tenants: readonly Lifetime[] | undefined, { first, last }: Lifetime): number {
  return Math.min(...(tenants ?? []).map((other) => (other.last < first ? first - other.last : other.first - last)));
}
