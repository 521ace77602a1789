/** Kernels of pointwise groups: a thread computes one element of each output, or four neighbours. */
import { sizeOf } from '@cyclegan/core';
import type { Group } from '../fusion/group.ts';
import { deviceBytes, type Operation, type Value } from '../ir/operation.ts';
import { widthOf } from '../wgsl/expressions.ts';
import { Index } from '../wgsl/index-map.ts';
import { folded, type Kernel, type KernelContext, KernelWriter, workgroupNumber } from './kernel.ts';

const THREADS = 64;

/** The kernel of a group without an anchor. */
export function pointwiseKernel(group: Group, context: KernelContext): Kernel {
  const [first] = group.outputs as readonly [Value];
  if (first.operation.op === 'dynamicUpdate' && context.inPlace.has(first)) return replaceEntries(group, first.operation, context);
  const writer = new KernelWriter(group, context);
  const { code, bindings, expressions } = writer;
  const width = widthOf(group.outputs, (value) => writer.isRead(value));
  const count = sizeOf(first.shape) / width;
  bindings.writes(group.outputs, width);
  const workgroups = folded(Math.ceil(count / THREADS), context.limits);
  const main = code.block(() => {
    beginThread(writer, count, workgroups);
    const place = width === 4 ? '4u * i' : 'i';
    const texts = group.outputs.map((output) => expressions.at(output, Index.at(code, output.shape, place, width)));
    // everything is read before anything is written: an update may lie where its variable does
    group.outputs.forEach((output, k) => {
      code.line(bindings.store(output, sizeOf(output.shape) === 1 ? '0u' : 'i', { text: texts[k] as string, width }));
    });
  });
  for (const { operation, shape, dtype } of group.outputs) {
    if (operation.op === 'dynamicSlice') bindings.touches(operation.inputs[0] as Value, deviceBytes({ shape, dtype }));
  }
  return writer.finish({ main, threads: THREADS, workgroups });
}

/** Statements that give `i`, the number of a thread, and end those beyond `count`. */
export function beginThread({ code }: KernelWriter, count: number, workgroups: readonly [number, number, number]): void {
  code.line(`let i = ${workgroupNumber(workgroups)} * ${THREADS}u + lane;`);
  code.line(`if (i >= ${count}u) { return; }`);
}

/** Threads of a workgroup begun by `beginThread`. */
export const POINTWISE_THREADS = THREADS;

/** Replaces entries of a variable where it lies: only these are touched. */
function replaceEntries(group: Group, operation: Operation<'dynamicUpdate'>, context: KernelContext): Kernel {
  const [x, update, position] = operation.inputs as readonly [Value, Value, Value];
  const writer = new KernelWriter(group, context);
  const { code, bindings, expressions } = writer;
  const [result] = group.outputs as readonly [Value];
  bindings.writes([result]);
  const count = sizeOf(update.shape);
  const workgroups = folded(Math.ceil(count / THREADS), context.limits);
  const [extent = 1, size = 1] = [x.shape[0], update.shape[0]];
  const main = code.block(() => {
    beginThread(writer, count, workgroups);
    const entry = expressions.at(position, Index.at(code, position.shape, '0u'));
    const first = code.let(`u32(clamp(${entry}, 0, ${extent - size}))`);
    const value = expressions.at(update, Index.at(code, update.shape, 'i'));
    code.line(bindings.store(result, `${first} * ${count / size}u + i`, { text: value }));
  });
  bindings.touches(result, deviceBytes(update));
  return writer.finish({ main, threads: THREADS, workgroups });
}
