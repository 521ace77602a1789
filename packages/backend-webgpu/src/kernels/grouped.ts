/** Convolutions with groups, and strided gradients with dilation: a thread walks over all that takes part in its element. */
import { sizeOf } from '@cyclegan/core';
import type { Anchor, Group } from '../fusion/group.ts';
import { baseOf, type Value } from '../ir/operation.ts';
import { Index } from '../wgsl/index-map.ts';
import { type Extents, PictureReader } from './convolution.ts';
import { finishAt } from './finish.ts';
import { folded, type Kernel, type KernelContext, KernelWriter } from './kernel.ts';
import { beginThread, POINTWISE_THREADS } from './pointwise.ts';

type Convolution = Anchor & { readonly op: 'conv2d' | 'conv2dInputGrad' | 'conv2dWeightGrad' };

/** The simple kernel of a convolution op, and of what is computed of its result at once. */
export function groupedKernel(group: Group, anchor: Convolution, extents: Extents, context: KernelContext): Kernel {
  const writer = new KernelWriter(group, context);
  const { code, bindings } = writer;
  bindings.writes(group.outputs);
  const result = anchor.outputs[0] as Value;
  const count = sizeOf(result.shape);
  const workgroups = folded(Math.ceil(count / POINTWISE_THREADS), context.limits);
  const main = code.block(() => {
    beginThread(writer, count, workgroups);
    const coordinates = Index.at(code, result.shape, 'i').coordinates as [string, string, string, string];
    code.line('var sum = 0f;');
    code.line(WALKS[anchor.op](writer, anchor, extents, coordinates));
    finishAt(writer, { result, name: 'sum', place: 'i' });
  });
  const { images, channels, outputs, kernelHeight, kernelWidth, outHeight, outWidth, geometry } = extents;
  const multiplyAdds = (images * outputs * outHeight * outWidth * channels * kernelHeight * kernelWidth) / geometry.groups;
  return writer.finish({ main, threads: POINTWISE_THREADS, workgroups, multiplyAdds });
}

type Walk = (writer: KernelWriter, anchor: Convolution, extents: Extents, coordinates: readonly [string, string, string, string]) => string;

const WALKS: { readonly [K in Convolution['op']]: Walk } = {
  conv2d: (writer, anchor, extents, [n, o, y, x]) => {
    const { code } = writer;
    const { perGroup, outputsPerGroup, kernelHeight, kernelWidth } = groupsOf(extents);
    const body = code.block(() => {
      const channel = `${o} / ${outputsPerGroup}u * ${perGroup}u + c`;
      addTap(
        writer,
        anchor.inputs[0] as Value,
        extents,
        { plane: planeOf(n, channel, extents), y, x },
        weight(writer, anchor, o, perGroup, extents),
      );
    });
    return loops(
      [
        ['c', perGroup],
        ['ky', kernelHeight],
        ['kx', kernelWidth],
      ],
      body,
    );
  },

  conv2dInputGrad: (writer, anchor, extents, [n, c, y, x]) => {
    const { code, bindings } = writer;
    const { perGroup, outputsPerGroup, kernelHeight, kernelWidth, outputs, outHeight, outWidth, geometry } = groupsOf(extents);
    const [down, across] = geometry.strides;
    const body = code.block(() => {
      const o = code.let(`${c} / ${perGroup}u * ${outputsPerGroup}u + j`);
      code.line(`let dy_y = i32(${y}) + ${geometry.padding[0]} - i32(ky) * ${geometry.dilation[0]};`);
      code.line(`let dy_x = i32(${x}) + ${geometry.padding[2]} - i32(kx) * ${geometry.dilation[1]};`);
      const meets = (name: string, stride: number, extent: number) =>
        `${name} >= 0 && ${name} % ${stride} == 0 && ${name} / ${stride} < ${extent}`;
      const inner = code.block(() => {
        const place = `((${n} * ${outputs}u + ${o}) * ${outHeight}u + u32(dy_y) / ${down}u) * ${outWidth}u + u32(dy_x) / ${across}u`;
        const cotangent = `${bindings.read(baseOf(anchor.inputs[0] as Value))}[${place}]`;
        const w = `${bindings.read(baseOf(anchor.inputs[1] as Value))}[((${o} * ${perGroup}u + ${c} % ${perGroup}u) * ${kernelHeight}u + ky) * ${kernelWidth}u + kx]`;
        code.line(`sum += ${cotangent} * ${w};`);
      });
      code.line(`if (${meets('dy_y', down, outHeight)} && ${meets('dy_x', across, outWidth)}) {\n${inner}\n}`);
    });
    return loops(
      [
        ['j', outputsPerGroup],
        ['ky', kernelHeight],
        ['kx', kernelWidth],
      ],
      body,
    );
  },

  conv2dWeightGrad: (writer, anchor, extents, [o, c, ky, kx]) => {
    const { code, bindings } = writer;
    const { perGroup, outputsPerGroup, images, outputs, outHeight, outWidth } = groupsOf(extents);
    const body = code.block(() => {
      code.line(`let ky = ${ky};`);
      code.line(`let kx = ${kx};`);
      const channel = `${o} / ${outputsPerGroup}u * ${perGroup}u + ${c}`;
      const place = `((n * ${outputs}u + ${o}) * ${outHeight}u + oy) * ${outWidth}u + ox`;
      const cotangent = `${bindings.read(baseOf(anchor.inputs[1] as Value))}[${place}]`;
      addTap(writer, anchor.inputs[0] as Value, extents, { plane: planeOf('n', channel, extents), y: 'oy', x: 'ox' }, cotangent);
    });
    return loops(
      [
        ['n', images],
        ['oy', outHeight],
        ['ox', outWidth],
      ],
      body,
    );
  },
};

function groupsOf(extents: Extents) {
  const { groups } = extents.geometry;
  return { ...extents, perGroup: extents.channels / groups, outputsPerGroup: extents.outputs / groups };
}

function planeOf(n: string, channel: string, { channels }: Extents): string {
  return `(${n} * ${channels}u + ${channel})`;
}

function weight(
  { bindings }: KernelWriter,
  anchor: Convolution,
  o: string,
  perGroup: number,
  { kernelHeight, kernelWidth }: Extents,
): string {
  return `${bindings.read(baseOf(anchor.inputs[1] as Value))}[((${o} * ${perGroup}u + c) * ${kernelHeight}u + ky) * ${kernelWidth}u + kx]`;
}

/** Adds the picture's element under (ky, kx) of the window of output (y, x), times `factor`, where it is inside. */
function addTap(
  writer: KernelWriter,
  picture: Value,
  extents: Extents,
  at: { readonly plane: string; readonly y: string; readonly x: string },
  factor: string,
): void {
  const { code } = writer;
  const { strides, padding, dilation } = extents.geometry;
  const reader = new PictureReader(writer, picture, extents);
  code.line(`let at_y = i32(${at.y} * ${strides[0]}u + ky * ${dilation[0]}u) - ${padding[0]};`);
  code.line(`let at_x = i32(${at.x} * ${strides[1]}u + kx * ${dilation[1]}u) - ${padding[2]};`);
  const position = { y: 'at_y', x: 'at_x', plane: `${at.plane} * ${reader.planeSize}u` };
  code.line(`if (${reader.inside(position, 1)}) { sum += ${reader.one(reader.place(position, 1))} * ${factor}; }`);
}

/** Loops one in the other around `body`. */
function loops(counters: readonly (readonly [name: string, count: number])[], body: string): string {
  return counters.reduceRight((inner, [name, count]) => `for (var ${name} = 0u; ${name} < ${count}u; ${name}++) {\n${inner}\n}`, body);
}
