/** Adam for all weights of a set by one kernel: weights, moments and gradients lie in slabs of one layout, so it is elementwise over these. */
import type { Anchor } from '../fusion/group.ts';
import type { Value } from '../ir/operation.ts';
import type { Storage } from '../placement/storage.ts';
import { Index } from '../wgsl/index-map.ts';
import { literal } from '../wgsl/types.ts';
import { folded, type Job, type Kernel, KernelWriter } from './kernel.ts';
import { beginThread, POINTWISE_THREADS } from './pointwise.ts';

type Adam = Anchor & { readonly op: 'adam' };

/** The slabs of a set. */
export interface AdamSlabs {
  readonly weights: Storage;
  readonly m: Storage;
  readonly v: Storage;
  readonly gradients: Storage;
}

/** The kernel of a set; see core's composite `adam` for what it computes. */
export function adamKernel({ group, anchor, context }: Job<Adam>, { weights, m, v, gradients }: AdamSlabs): Kernel {
  const writer = new KernelWriter({ ...group, outputs: [] }, context);
  const { code, bindings, expressions } = writer;
  const { beta1, beta2, epsilon } = anchor.params;
  const number = (value: number) => literal(value, 'f32');
  const [stepSize, correction, verdict] = anchor.inputs.slice(anchor.params.weights.length) as [Value, Value, Value?];
  const count = weights.bytes / 16;
  const workgroups = folded(Math.ceil(count / POINTWISE_THREADS), context.limits);
  const [toWeights, toM, toV] = [weights, m, v].map((slab) => bindings.raw(slab, 'read_write', 'vec4<f32>'));
  const main = code.block(() => {
    beginThread(writer, count, workgroups);
    const scalar = (value: Value) => expressions.at(value, Index.at(code, value.shape, '0u'));
    if (verdict !== undefined) code.line(`if (!${scalar(verdict)}) { return; }`);
    code.line(`let gradient = ${bindings.raw(gradients, 'read', 'vec4<f32>')}[i];`);
    code.line(`let next_m = ${toM}[i] * ${number(beta1)} + gradient * ${number(1 - beta1)};`);
    code.line(`let next_v = ${toV}[i] * ${number(beta2)} + gradient * gradient * ${number(1 - beta2)};`);
    const bias = scalar(correction);
    code.line(`let step = next_m * (${scalar(stepSize)} / ${bias}) / (sqrt(next_v) + ${number(epsilon)} / ${bias});`);
    code.line(`${toWeights}[i] -= step;`);
    code.line(`${toM}[i] = next_m;`);
    code.line(`${toV}[i] = next_v;`);
  });
  return writer.finish({ main, threads: POINTWISE_THREADS, workgroups, label: `adam over ${anchor.params.weights.length} weights` });
}
