/** What people want to see of a compiled program: its kernels as text, and the time that each takes. */
import { BackendError, type KernelTime, type Program } from '@cyclegan/core';
import type { Storage } from './placement/storage.ts';
import type { Plan } from './plan.ts';
import { WebGpuProgram } from './program.ts';

/** The kernels of a program of this backend in the order in which they run, each with what it binds; a text that was there before is referred to. */
export function programSource(program: Program): string {
  return planSource(own(program).plan);
}

/** Time that the kernels of a program took in all runs so far, the longest first; throws BackendError unless the backend was made with `profile` and the adapter has timestamp queries. */
export function kernelTimes(program: Program): Promise<readonly KernelTime[]> {
  const { profiler } = own(program);
  if (profiler === undefined)
    throw new BackendError(
      'kernel times: they are measured by a backend made with `profile: true`, on an adapter that has timestamp queries.',
    );
  return profiler.times();
}

/** The kernels of a plan as text. */
export function planSource({ kernels, buffers }: Plan): string {
  const seen = new Map<string, number>();
  const texts = kernels.map(({ label, source, bindings, workgroups }, at) => {
    const bound = bindings.map(({ name, storage }) => `${name} = ${describe(storage, buffers)}`).join(', ');
    const head = `// kernel ${at}: ${label}\n// ${workgroups.join(' x ')} workgroups; ${bound}\n`;
    const first = seen.get(source);
    if (first !== undefined) return `${head}// the text of kernel ${first}\n`;
    seen.set(source, at);
    return `${head}${source}`;
  });
  return texts.join('\n');
}

function describe(storage: Storage, buffers: Plan['buffers']): string {
  switch (storage.kind) {
    case 'temporary':
      return `temporary ${buffers.get(storage)}`;
    case 'feed':
    case 'variable':
      return `${storage.kind} ${storage.name}`;
    case 'slab':
      return `${storage.names.length} variables from ${storage.names[0]} on`;
    case 'gradient':
      return `gradients from byte ${storage.offset} on`;
    default:
      return storage.kind === 'constant' ? 'constant' : 'gradients';
  }
}

function own(program: Program): WebGpuProgram {
  if (program instanceof WebGpuProgram) return program;
  throw new BackendError('the program belongs to another backend; compile the graph with createWebGpuBackend.');
}
