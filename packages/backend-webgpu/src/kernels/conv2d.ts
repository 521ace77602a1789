/** conv2d as a product: kernels, a row for each output channel, times windows of the picture, a column for each output pixel. */
import { sizeOf } from '@cyclegan/core';
import type { Anchor } from '../fusion/group.ts';
import { baseOf, type Value } from '../ir/operation.ts';
import { operandType } from '../wgsl/types.ts';
import { describe, type Extents, PictureReader } from './convolution.ts';
import { finishAt } from './finish.ts';
import { type Job, type Kernel, KernelWriter } from './kernel.ts';
import { type Product, productKernel } from './product.ts';
import { candidateTiles, type TileName, usualTile } from './tiles.ts';
import { WINOGRAD, winogradKernels, winogradVariants } from './winograd.ts';

type Conv2d = Anchor & { readonly op: 'conv2d' };

/** The most terms at a time of any tile: where it divides their number, none need be left out. */
const MOST_TERMS = 16;

/** The kernels of a convolution without groups, and of what is computed of its result at once. */
export function conv2dKernels(job: Job<Conv2d>, extents: Extents): readonly Kernel[] {
  const { anchor, context } = job;
  const [m, n] = [extents.outputs, extents.images * extents.outHeight * extents.outWidth];
  const variants = [...candidateTiles(m, n, context.limits), ...winogradVariants(job, extents)];
  const variant = context.choose(describe(anchor, extents), variants, usualTile(m, n));
  return variant === WINOGRAD ? winogradKernels(job, extents) : [windowsKernel(job, extents, variant as TileName)];
}

function windowsKernel({ group, anchor, context }: Job<Conv2d>, extents: Extents, variant: TileName): Kernel {
  const writer = new KernelWriter(group, context);
  writer.bindings.writes(group.outputs);
  const { images, channels, outputs, kernelHeight, kernelWidth, outHeight, outWidth } = extents;
  const [m, n, k] = [outputs, images * outHeight * outWidth, channels * kernelHeight * kernelWidth];
  const reader = new PictureReader(writer, anchor.inputs[0] as Value, extents);
  const product: Product = {
    m,
    n,
    depth: 1,
    operands: reader.operands,
    terms: { first: '0u', last: `${k}u` },
    loadA: rowMajor(writer, anchor.inputs[1] as Value, { k }),
    columnFields: ['y: vec4i', 'x: vec4i', 'plane: vec4u'],
    column: windowColumn(extents, reader),
    loadB: writer.code.block(() => loadWindow(writer, reader, extents)),
    finish: writer.code.block(() => {
      const pixels = outHeight * outWidth;
      const place = images === 1 ? `m * ${pixels}u + n` : `((n / ${pixels}u) * ${outputs}u + m) * ${pixels}u + n % ${pixels}u`;
      finishAt(writer, { result: anchor.outputs[0] as Value, name: 'value', place });
    }),
    multiplyAdds: m * n * k,
  };
  return productKernel(writer, product, variant);
}

/** Body of a loader for a matrix whose rows of `k` elements lie one after the other, from `start` on where that is given. */
export function rowMajor(writer: KernelWriter, value: Value, { k, start = '' }: { readonly k: number; readonly start?: string }): string {
  const { code, bindings } = writer;
  const base = baseOf(value);
  const { four: type, zero } = operandType(value.dtype);
  return code.block(() => {
    const at = code.let(`${start === '' ? '' : `${start} + `}m * ${k}u + k`);
    if (k % 4 === 0 && writer.hasQuads(base)) {
      const four = `${bindings.read(base, 4)}[${at} / 4u]`;
      code.line(`return ${k % MOST_TERMS === 0 ? four : `select(${type}(), ${four}, k < last)`};`);
    } else {
      const name = bindings.read(base);
      const lanes = [0, 1, 2, 3].map((lane) => `select(${zero}, ${name}[${at} + ${lane}u], k + ${lane}u < last)`);
      code.line(`return ${type}(${lanes.join(', ')});`);
    }
  });
}

/** Body of the function that finds where the windows of four output pixels start. */
function windowColumn({ images, channels, outWidth, outHeight, geometry: { strides, padding } }: Extents, reader: PictureReader): string {
  const pixels = outHeight * outWidth;
  const pixel = images === 1 ? 'n' : `n % ${pixels}u`;
  const plane = images === 1 ? 'vec4u()' : `(n / ${pixels}u) * ${channels * reader.planeSize}u`;
  return `  let pixel = ${pixel};
  let y = vec4i(pixel / ${outWidth}u) * ${strides[0]} - ${padding[0]};
  let x = vec4i(pixel % ${outWidth}u) * ${strides[1]} - ${padding[2]};
  return Column(y, x, ${plane});`;
}

/** Statements of the loader of windows: term k is a channel and a place in the kernel. */
function loadWindow({ code }: KernelWriter, reader: PictureReader, extents: Extents): void {
  const { kernelHeight, kernelWidth, geometry } = extents;
  const taps = kernelHeight * kernelWidth;
  const terms = extents.channels * taps;
  const [down, across] = geometry.dilation;
  const channel = taps === 1 ? 'k' : code.let(`k / ${taps}u`);
  const tap = taps === 1 ? '0u' : code.let(`k % ${taps}u`);
  const y = kernelHeight === 1 ? 'column.y' : code.let(`column.y + i32(${tap} / ${kernelWidth}u) * ${down}`);
  const x = kernelWidth === 1 ? 'column.x' : code.let(`column.x + i32(${tap} % ${kernelWidth}u) * ${across}`);
  const position = { y, x, plane: `column.plane + ${channel} * ${reader.planeSize}u` };
  const conditions = [
    ...(reader.hasZeros ? [reader.inside(position, 4)] : []),
    ...(terms % MOST_TERMS === 0 ? [] : ['vec4<bool>(k < last)']),
  ];
  const inside = conditions.length === 0 ? undefined : conditions.join(' & ');
  if (areNeighbours(extents, reader)) {
    const four = reader.quad(code.let(`${reader.place(position, 4)}`).concat('.x'));
    code.line(`return ${inside === undefined ? four : `select(${reader.operands.four}(), ${four}, ${inside})`};`);
  } else {
    code.line(`return ${reader.four(code, reader.place(position, 4), inside)};`);
  }
}

/** Whether the windows of four neighbouring pixels, the first a multiple of four, start at neighbours in memory. */
function areNeighbours({ height, width, outHeight, outWidth, kernelHeight, kernelWidth }: Extents, reader: PictureReader): boolean {
  const isPixel = kernelHeight === 1 && kernelWidth === 1 && height === outHeight && width === outWidth && !reader.hasZeros;
  return isPixel && reader.planeSize === sizeOf([height, width]) && reader.planeSize % 4 === 0 && reader.hasQuads;
}
