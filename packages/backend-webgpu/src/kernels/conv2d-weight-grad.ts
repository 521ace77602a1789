/**
 * conv2dWeightGrad as a product: cotangents, a row for each output channel, times pictures shifted by each element of the kernel, summed over all
 * pixels. These are many terms for few results, so they are cut into parts that workgroups sum up side by side.
 */

import { sizeOf } from '@cyclegan/core';
import type { Anchor } from '../fusion/group.ts';
import { baseOf, type Value } from '../ir/operation.ts';
import type { Storage } from '../placement/storage.ts';
import { operandType } from '../wgsl/types.ts';
import { describe, type Extents, PictureReader } from './convolution.ts';
import { finishAt } from './finish.ts';
import { folded, type Job, type Kernel, KernelWriter } from './kernel.ts';
import { beginThread, POINTWISE_THREADS } from './pointwise.ts';
import { type Product, productKernel } from './product.ts';
import { candidateTiles, TILES, type TileName, usualTile } from './tiles.ts';

type WeightGrad = Anchor & { readonly op: 'conv2dWeightGrad' };

/** Workgroups that keep a device busy, terms that a part has at least, and parts that there are at most. */
const BUSY = 256;
const FEWEST_TERMS = 512;
const MOST_PARTS = 64;

/** Parts are whole numbers of this many terms. */
const GRAIN = 16;

/** The kernels of the gradient without groups, and of what is computed of it at once. */
export function conv2dWeightGradKernels(job: Job<WeightGrad>, extents: Extents): Kernel[] {
  const { anchor, context } = job;
  const { images, channels, outputs, kernelHeight, kernelWidth, outHeight, outWidth } = extents;
  const [m, n, k] = [outputs, channels * kernelHeight * kernelWidth, images * outHeight * outWidth];
  const name = context.choose(describe(anchor, extents), candidateTiles(m, n, context.limits), usualTile(m, n)) as TileName;
  const tiles = Math.ceil(m / TILES[name].m) * Math.ceil(n / TILES[name].n);
  const wanted = Math.max(1, Math.min(Math.floor(BUSY / tiles), Math.ceil(k / FEWEST_TERMS), MOST_PARTS));
  const terms = Math.ceil(k / wanted / GRAIN) * GRAIN;
  const parts = Math.ceil(k / terms);
  if (parts === 1) return [partKernel(job, extents, { name, terms, parts })];
  const partial: Storage = { kind: 'temporary', bytes: 4 * m * n * parts };
  return [partKernel(job, extents, { name, terms, parts, partial }), sumOfParts(job, { partial, parts })];
}

/** How the terms are cut. */
interface Parts {
  readonly name: TileName;
  readonly terms: number;
  readonly parts: number;
  readonly partial?: Storage;
}

function partKernel({ group, anchor, context }: Job<WeightGrad>, extents: Extents, { name, terms, parts, partial }: Parts): Kernel {
  const writer = new KernelWriter(partial === undefined ? group : { ...group, outputs: [] }, context);
  const { code, bindings } = writer;
  const { images, channels, outputs, kernelHeight, kernelWidth, outHeight, outWidth } = extents;
  const [m, n, k] = [outputs, channels * kernelHeight * kernelWidth, images * outHeight * outWidth];
  bindings.writes(writer.group.outputs);
  const to = partial === undefined ? '' : bindings.raw(partial, 'read_write');
  const reader = new PictureReader(writer, anchor.inputs[0] as Value, extents);
  const product: Product = {
    m,
    n,
    depth: parts,
    operands: reader.operands,
    terms: { first: parts === 1 ? '0u' : `workgroup.z * ${terms}u`, last: parts === 1 ? `${k}u` : `min(first + ${terms}u, ${k}u)` },
    loadA: loadCotangents(writer, anchor.inputs[1] as Value, extents),
    columnFields: ['y: vec4i', 'x: vec4i', 'plane: vec4u'],
    column: columnOf(extents, reader),
    loadB: loadShifted(writer, reader, extents),
    finish: code.block(() => {
      if (partial === undefined) finishAt(writer, { result: anchor.outputs[0] as Value, name: 'value', place: `m * ${n}u + n` });
      else code.line(`${to}[(depth * ${m}u + m) * ${n}u + n] = value;`);
    }),
    multiplyAdds: m * n * k,
    ...(partial === undefined ? {} : { label: `conv2dWeightGrad, in parts (${anchor.scope})` }),
  };
  return productKernel(writer, product, name);
}

/** Term k is a pixel of an image's result. */
function loadCotangents(writer: KernelWriter, dy: Value, { images, outputs, outHeight, outWidth }: Extents): string {
  const { code, bindings } = writer;
  const base = baseOf(dy);
  const pixels = outHeight * outWidth;
  const { four: type, zero } = operandType(dy.dtype);
  const place = (k: string) =>
    images === 1 ? `m * ${pixels}u + ${k}` : `(${k} / ${pixels}u * ${outputs}u + m) * ${pixels}u + ${k} % ${pixels}u`;
  return code.block(() => {
    if (pixels % 4 === 0 && writer.hasQuads(base)) {
      code.line(`return select(${type}(), ${bindings.read(base, 4)}[(${place('k')}) / 4u], k < last);`);
    } else {
      const name = bindings.read(base);
      const lanes = [0, 1, 2, 3].map((lane) => `select(${zero}, ${name}[${place(`(k + ${lane}u)`)}], k + ${lane}u < last)`);
      code.line(`return ${type}(${lanes.join(', ')});`);
    }
  });
}

/** Body of the function that finds by how much four elements of the kernel shift the picture, and in which planes they do. */
function columnOf({ kernelHeight, kernelWidth, geometry: { padding, dilation } }: Extents, reader: PictureReader): string {
  const taps = kernelHeight * kernelWidth;
  return `  let tap = n % ${taps}u;
  let y = vec4i(tap / ${kernelWidth}u) * ${dilation[0]} - ${padding[0]};
  let x = vec4i(tap % ${kernelWidth}u) * ${dilation[1]} - ${padding[2]};
  return Column(y, x, (n / ${taps}u) * ${reader.planeSize}u);`;
}

function loadShifted(writer: KernelWriter, reader: PictureReader, extents: Extents): string {
  const { code } = writer;
  const { images, channels, outHeight, outWidth, geometry } = extents;
  const pixels = outHeight * outWidth;
  return code.block(() => {
    const pixel = images === 1 ? 'k' : code.let(`k % ${pixels}u`);
    const y = code.let(`column.y + i32(${pixel} / ${outWidth}u) * ${geometry.strides[0]}`);
    const x = code.let(`column.x + i32(${pixel} % ${outWidth}u) * ${geometry.strides[1]}`);
    const image = images === 1 ? '' : ` + k / ${pixels}u * ${channels * reader.planeSize}u`;
    const position = { y, x, plane: `column.plane${image}` };
    const inside = [...(reader.hasZeros ? [reader.inside(position, 4)] : []), 'vec4<bool>(k < last)'].join(' & ');
    code.line(`return ${reader.four(code, reader.place(position, 4), inside)};`);
  });
}

function sumOfParts(
  { group, anchor, context }: Job<WeightGrad>,
  { partial, parts }: { readonly partial: Storage; readonly parts: number },
): Kernel {
  const writer = new KernelWriter(group, context);
  const { code, bindings } = writer;
  const result = anchor.outputs[0] as Value;
  bindings.writes(group.outputs);
  const from = bindings.raw(partial, 'read');
  const count = sizeOf(result.shape);
  const workgroups = folded(Math.ceil(count / POINTWISE_THREADS), context.limits);
  const main = code.block(() => {
    beginThread(writer, count, workgroups);
    code.line('var sum = 0f;');
    code.line(`for (var part = 0u; part < ${parts}u; part++) { sum += ${from}[part * ${count}u + i]; }`);
    finishAt(writer, { result, name: 'sum', place: 'i' });
  });
  return writer.finish({ main, threads: POINTWISE_THREADS, workgroups, label: `conv2dWeightGrad, sum of parts (${anchor.scope})` });
}
