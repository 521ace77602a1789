/** Picks variants of kernels by running each on the device, with operands of the sizes that it will have. */
import { milliseconds } from '../device/clock.ts';
import type { Device } from '../device/device.ts';
import { storageUsage } from '../device/pieces.ts';
import type { Pipelines } from '../device/pipelines.ts';
import type { Group } from '../fusion/group.ts';
import type { Kernel } from '../kernels/kernel.ts';
import { kernelsOf } from '../kernels/kernels.ts';
import type { Storage } from '../placement/storage.ts';
import { kernelContext, type PreparedPlan } from '../plan.ts';
import type { Choices } from './choices.ts';

/** Something that several variants can compute, and a group that needs it. */
interface Question {
  readonly described: string;
  readonly variants: readonly string[];
  readonly group: Group;
}

/** Runs in one submission, and submissions of which the fastest counts; one more before them warms up. */
const RUNS = 4;
const SUBMISSIONS = 3;

/** Makes the choices that `prepared` needs and `choices` lacks. */
export async function tune(
  prepared: PreparedPlan,
  choices: Choices,
  { device, pipelines }: { readonly device: Device; readonly pipelines: Pipelines },
): Promise<void> {
  for (const { described, variants, group } of questionsOf(prepared, choices)) {
    let best = { variant: '', seconds: Number.POSITIVE_INFINITY };
    for (const variant of variants) {
      const kernels = kernelsOf(
        group,
        kernelContext(prepared, () => variant),
        prepared.placement,
      );
      const seconds = await measure(kernels, device, pipelines);
      if (seconds < best.seconds) best = { variant, seconds };
    }
    choices.set(described, best.variant);
  }
}

/** What is to be measured, each once. */
function questionsOf(prepared: PreparedPlan, choices: Choices): readonly Question[] {
  const questions = new Map<string, Question>();
  for (const group of prepared.fused.groups) {
    if (group.anchor === undefined) continue;
    const context = kernelContext(prepared, (described, variants, usual) => {
      if (variants.length > 1 && !choices.has(described, variants)) questions.set(described, { described, variants, group });
      return usual;
    });
    kernelsOf(group, context, prepared.placement);
  }
  return [...questions.values()];
}

/** Seconds that some kernels take, one after the other. */
async function measure(kernels: readonly Kernel[], device: Device, pipelines: Pipelines): Promise<number> {
  const compiled = await Promise.all(kernels.map((kernel) => pipelines.of(kernel)));
  const buffers = new Map<Storage, GPUBuffer>();
  const bufferOf = (storage: Storage) => {
    const buffer = buffers.get(storage) ?? device.createBuffer(storage.bytes, storageUsage(), 'operand of a measurement');
    buffers.set(storage, buffer);
    return buffer;
  };
  try {
    const { value: groups, accepted } = device.guard('measuring kernels failed', () =>
      kernels.map(({ bindings }, k) =>
        device.gpu.createBindGroup({
          layout: (compiled[k] as (typeof compiled)[number]).bindings,
          entries: bindings.map(({ storage }, binding) => ({
            binding,
            resource: { buffer: bufferOf(storage), size: Math.max(4, storage.bytes) },
          })),
        }),
      ),
    );
    await accepted;
    let seconds = Number.POSITIVE_INFINITY;
    for (let submission = 0; submission <= SUBMISSIONS; submission++) {
      const begun = milliseconds();
      submit(device, (pass) => {
        kernels.forEach(({ workgroups }, k) => {
          pass.setPipeline((compiled[k] as (typeof compiled)[number]).pipeline);
          pass.setBindGroup(0, groups[k] as GPUBindGroup);
          pass.dispatchWorkgroups(...workgroups);
        });
      });
      await device.gpu.queue.onSubmittedWorkDone();
      if (submission > 0) seconds = Math.min(seconds, (milliseconds() - begun) / 1000 / RUNS);
    }
    return seconds;
  } finally {
    for (const buffer of buffers.values()) device.destroyBuffer(buffer);
  }
}

function submit(device: Device, dispatch: (pass: GPUComputePassEncoder) => void): void {
  const encoder = device.gpu.createCommandEncoder({ label: 'measure' });
  const pass = encoder.beginComputePass();
  for (let run = 0; run < RUNS; run++) dispatch(pass);
  pass.end();
  device.gpu.queue.submit([encoder.finish()]);
}
