/** Convolutions with groups, and strided gradients with dilation: a thread walks over all that takes part in its element. */
import { sizeOf } from '@cyclegan/core';
import type { Anchor } from '../fusion/group.ts';
import { baseOf, type Value } from '../ir/operation.ts';
import { Index } from '../wgsl/index-map.ts';
import { type Extents, PictureReader } from './convolution.ts';
import { finishAt } from './finish.ts';
import { folded, type Job, type Kernel, KernelWriter } from './kernel.ts';
import { beginThread, POINTWISE_THREADS } from './pointwise.ts';

type Convolution = Anchor & { readonly op: 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad' };

/** A convolution and the kernel that is written for it. */
interface Walk {
  readonly writer: KernelWriter;
  readonly anchor: Convolution;
  readonly extents: Extents;
  /** Channels of x, and of the result, that belong together. */
  readonly perGroup: number;
  readonly outputsPerGroup: number;
}

/** Coordinates of the element of a thread. */
type Element = readonly [string, string, string, string];

/** The simple kernel of a convolution op, and of what is computed of its result at once. */
export function groupedKernel({ group, anchor, context }: Job<Convolution>, extents: Extents): Kernel {
  const writer = new KernelWriter(group, context);
  const { code, bindings } = writer;
  bindings.writes(group.outputs);
  const result = anchor.outputs[0] as Value;
  const count = sizeOf(result.shape);
  const workgroups = folded(Math.ceil(count / POINTWISE_THREADS), context.limits);
  const { images, channels, outputs, kernelHeight, kernelWidth, outHeight, outWidth, geometry } = extents;
  const walk = { writer, anchor, extents, perGroup: channels / geometry.groups, outputsPerGroup: outputs / geometry.groups };
  const main = code.block(() => {
    beginThread(writer, count, workgroups);
    code.line('var sum = 0f;');
    code.line(WALKS[anchor.op](walk, Index.at(code, result.shape, 'i').coordinates as unknown as Element));
    finishAt(writer, { result, name: 'sum', place: 'i' });
  });
  const multiplyAdds = images * outputs * outHeight * outWidth * walk.perGroup * kernelHeight * kernelWidth;
  return writer.finish({ main, threads: POINTWISE_THREADS, workgroups, multiplyAdds });
}

const WALKS: { readonly [K in Convolution['op']]: (walk: Walk, element: Element) => string } = {
  conv2d: (walk, [n, o, y, x]) => {
    const { writer, extents, perGroup, outputsPerGroup } = walk;
    const body = writer.code.block(() => {
      const plane = `(${n} * ${extents.channels}u + ${o} / ${outputsPerGroup}u * ${perGroup}u + c)`;
      addTap(walk, { plane, y, x }, weightOf(walk, o, 'c'));
    });
    return loops({ c: perGroup, ky: extents.kernelHeight, kx: extents.kernelWidth }, body);
  },

  conv2dInputGrad: (walk, [n, c, y, x]) => {
    const { writer, anchor, extents, perGroup, outputsPerGroup } = walk;
    const { outputs, outHeight, outWidth, geometry } = extents;
    const [down, across] = geometry.strides;
    const { code } = writer;
    const meets = (name: string, stride: number, extent: number) =>
      `${name} >= 0 && ${name} % ${stride} == 0 && ${name} / ${stride} < ${extent}`;
    const body = code.block(() => {
      const o = code.let(`${c} / ${perGroup}u * ${outputsPerGroup}u + j`);
      code.line(`let dy_y = i32(${y}) + ${geometry.padding[0]} - i32(ky) * ${geometry.dilation[0]};`);
      code.line(`let dy_x = i32(${x}) + ${geometry.padding[2]} - i32(kx) * ${geometry.dilation[1]};`);
      const place = `((${n} * ${outputs}u + ${o}) * ${outHeight}u + u32(dy_y) / ${down}u) * ${outWidth}u + u32(dy_x) / ${across}u`;
      const inner = code.block(() => {
        code.line(`sum += ${operandAt(writer, anchor.inputs[0], place)} * ${weightOf(walk, o, `${c} % ${perGroup}u`)};`);
      });
      code.line(`if (${meets('dy_y', down, outHeight)} && ${meets('dy_x', across, outWidth)}) {\n${inner}\n}`);
    });
    return loops({ j: outputsPerGroup, ky: extents.kernelHeight, kx: extents.kernelWidth }, body);
  },

  conv2dWeightGrad: (walk, [o, c, ky, kx]) => {
    const { writer, anchor, extents, perGroup, outputsPerGroup } = walk;
    const { images, channels, outputs, outHeight, outWidth } = extents;
    const { code } = writer;
    const body = code.block(() => {
      code.line(`let ky = ${ky};`);
      code.line(`let kx = ${kx};`);
      const plane = `(n * ${channels}u + ${o} / ${outputsPerGroup}u * ${perGroup}u + ${c})`;
      const place = `((n * ${outputs}u + ${o}) * ${outHeight}u + oy) * ${outWidth}u + ox`;
      addTap(walk, { plane, y: 'oy', x: 'ox' }, operandAt(writer, anchor.inputs[1], place));
    });
    return loops({ n: images, oy: outHeight, ox: outWidth }, body);
  },
};

/** Element `place` of an operand, in registers. */
function operandAt({ bindings }: KernelWriter, value: Value | undefined, place: string): string {
  return bindings.load(baseOf(value as Value), place);
}

/** Element (ky, kx) of the kernel for an output channel and a channel of its group. */
function weightOf({ writer, anchor, extents, perGroup }: Walk, output: string, channel: string): string {
  const { kernelHeight, kernelWidth } = extents;
  return operandAt(writer, anchor.inputs[1], `((${output} * ${perGroup}u + ${channel}) * ${kernelHeight}u + ky) * ${kernelWidth}u + kx`);
}

/** Adds the picture's element under (ky, kx) of the window of output (y, x), times `factor`, where it is inside. */
function addTap(
  { writer, anchor, extents }: Walk,
  { plane, y, x }: { readonly plane: string; readonly y: string; readonly x: string },
  factor: string,
): void {
  const { code } = writer;
  const { strides, padding, dilation } = extents.geometry;
  const reader = new PictureReader(writer, anchor.inputs[0] as Value, extents);
  code.line(`let at_y = i32(${y} * ${strides[0]}u + ky * ${dilation[0]}u) - ${padding[0]};`);
  code.line(`let at_x = i32(${x} * ${strides[1]}u + kx * ${dilation[1]}u) - ${padding[2]};`);
  const position = { y: 'at_y', x: 'at_x', plane: `${plane} * ${reader.planeSize}u` };
  code.line(`if (${reader.inside(position, 1)}) { sum += ${reader.one(reader.place(position, 1))} * ${factor}; }`);
}

/** Loops one in the other around `body`, by their counters. */
function loops(counters: Readonly<Record<string, number>>, body: string): string {
  return Object.entries(counters).reduceRight(
    (inner, [name, count]) => `for (var ${name} = 0u; ${name} < ${count}u; ${name}++) {\n${inner}\n}`,
    body,
  );
}
