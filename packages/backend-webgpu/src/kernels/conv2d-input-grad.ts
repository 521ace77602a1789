/**
 * conv2dInputGrad as products. With a stride, pixels whose coordinates leave the same remainders meet the same elements of the kernel and no
 * others: each such phase is a product of its own, so that nothing is multiplied by the zeros between strides.
 */
import type { Anchor } from '../fusion/group.ts';
import { baseOf, type Value } from '../ir/operation.ts';
import { operandType } from '../wgsl/types.ts';
import { describe, type Extents } from './convolution.ts';
import { finishAt } from './finish.ts';
import { type Job, type Kernel, KernelWriter } from './kernel.ts';
import { type Product, productKernel } from './product.ts';
import { candidateTiles, type TileName, usualTile } from './tiles.ts';
import { WINOGRAD, winogradKernels, winogradVariants } from './winograd.ts';

type InputGrad = Anchor & { readonly op: 'conv2dInputGrad' };

/** What a phase has along an axis: elements of the kernel, the first of them, and the output that this one and pixel 0 of the phase meet. */
interface Phase {
  readonly taps: number;
  readonly first: number;
  readonly shift: number;
}

/** Whether the phases can be told apart so simply: strides with dilation are left to a simple kernel. */
export function hasPhases({ geometry: { strides, dilation } }: Extents): boolean {
  return [0, 1].every((axis) => strides[axis] === 1 || dilation[axis] === 1);
}

/** The kernels of the gradient without groups, and of what is computed of it at once. */
export function conv2dInputGradKernels(job: Job<InputGrad>, extents: Extents): readonly Kernel[] {
  const { anchor, context } = job;
  const { rows, columns } = phaseSize(extents);
  const [m, n] = [extents.channels, extents.images * rows * columns];
  const variants = [...candidateTiles(m, n, context.limits), ...winogradVariants(job, extents)];
  const variant = context.choose(describe(anchor, extents), variants, usualTile(m, n));
  return variant === WINOGRAD ? winogradKernels(job, extents) : [phasesKernel(job, extents, variant as TileName)];
}

function phasesKernel({ group, anchor, context }: Job<InputGrad>, extents: Extents, variant: TileName): Kernel {
  const writer = new KernelWriter(group, context);
  writer.bindings.writes(group.outputs);
  const { images, channels, outputs, geometry } = extents;
  const [down, across] = geometry.strides;
  const { rows, columns } = phaseSize(extents);
  const phases = { y: phasesOf(extents, 0), x: phasesOf(extents, 1) };
  const [m, n] = [channels, images * rows * columns];
  const product: Product = {
    m,
    n,
    depth: down * across,
    operands: operandType(anchor.inputs[0]?.dtype ?? 'f32'),
    declared: PHASE_VARIABLES,
    prepare: preparePhase(phases),
    terms: { first: '0u', last: `${outputs}u * phase_taps_y * phase_taps_x` },
    loadA: loadKernel(writer, anchor.inputs[1] as Value, extents),
    columnFields: ['y: vec4i', 'x: vec4i', 'plane: vec4u'],
    column: columnOf(extents),
    loadB: loadCotangents(writer, anchor.inputs[0] as Value, extents),
    finish: writer.code.block(() => finishPixel(writer, anchor, extents)),
    multiplyAdds: images * outputs * extents.outHeight * extents.outWidth * channels * extents.kernelHeight * extents.kernelWidth,
  };
  return productKernel(writer, product, variant);
}

/** Pixels of the largest phase. */
function phaseSize({ height, width, geometry: { strides } }: Extents): { readonly rows: number; readonly columns: number } {
  return { rows: Math.ceil(height / strides[0]), columns: Math.ceil(width / strides[1]) };
}

const PHASE_VARIABLES = `// the phase of a workgroup: its pixels, and which elements of the kernel these meet
var<private> taps_y: u32;
var<private> taps_x: u32;
var<private> first_y: u32;
var<private> first_x: u32;
var<private> shift_y: i32;
var<private> shift_x: i32;`;

function phasesOf({ kernelHeight, kernelWidth, geometry: { strides, padding } }: Extents, axis: 0 | 1): Phase[] {
  const [stride, before, kernel] = axis === 0 ? [strides[0], padding[0], kernelHeight] : [strides[1], padding[2], kernelWidth];
  return Array.from({ length: stride }, (_, pixel) => {
    const first = (pixel + before) % stride;
    return { first, taps: Math.max(0, Math.ceil((kernel - first) / stride)), shift: (pixel + before - first) / stride };
  });
}

function preparePhase({ y, x }: { readonly y: readonly Phase[]; readonly x: readonly Phase[] }): string {
  const pick = (phases: readonly Phase[], which: keyof Phase, type: string, at: string) => {
    const values = phases.map((phase) => phase[which]);
    return values.length === 1 ? `${values[0]}` : `array<${type}, ${values.length}>(${values.join(', ')})[${at}]`;
  };
  return [
    `let phase_y = workgroup.z / ${x.length}u;`,
    `let phase_x = workgroup.z % ${x.length}u;`,
    `let phase_taps_y = u32(${pick(y, 'taps', 'u32', 'phase_y')});`,
    `let phase_taps_x = u32(${pick(x, 'taps', 'u32', 'phase_x')});`,
    'taps_y = phase_taps_y;',
    'taps_x = phase_taps_x;',
    `first_y = ${pick(y, 'first', 'u32', 'phase_y')};`,
    `first_x = ${pick(x, 'first', 'u32', 'phase_x')};`,
    `shift_y = ${pick(y, 'shift', 'i32', 'phase_y')};`,
    `shift_x = ${pick(x, 'shift', 'i32', 'phase_x')};`,
  ].join('\n');
}

/** Term k is an output channel and an element of the kernel among the phase's. */
function loadKernel(writer: KernelWriter, w: Value, { channels, kernelHeight, kernelWidth, geometry: { strides } }: Extents): string {
  const { code, bindings } = writer;
  const name = bindings.read(baseOf(w));
  const { four: type } = operandType(w.dtype);
  return code.block(() => {
    code.line('let term = vec4u(k) + vec4u(0u, 1u, 2u, 3u);');
    code.line('let tap = term % max(taps_y * taps_x, 1u);');
    code.line('let output = term / max(taps_y * taps_x, 1u);');
    code.line(`let y = first_y + tap / max(taps_x, 1u) * ${strides[0]}u;`);
    code.line(`let x = first_x + tap % max(taps_x, 1u) * ${strides[1]}u;`);
    code.line(`let at = (output * ${channels}u + m) * ${kernelHeight * kernelWidth}u + y * ${kernelWidth}u + x;`);
    code.line(`let four = ${type}(${name}[at.x], ${name}[at.y], ${name}[at.z], ${name}[at.w]);`);
    code.line(`return select(${type}(), four, term < vec4u(last));`);
  });
}

/** Body of the function that finds which outputs four pixels of the phase meet with its first element of the kernel. */
function columnOf(extents: Extents): string {
  const { images, outputs, outHeight, outWidth } = extents;
  const { rows, columns } = phaseSize(extents);
  const pixel = images === 1 ? 'n' : `n % ${rows * columns}u`;
  const plane = images === 1 ? 'vec4u()' : `(n / ${rows * columns}u) * ${outputs * outHeight * outWidth}u`;
  return `  let pixel = ${pixel};
  return Column(vec4i(pixel / ${columns}u) + shift_y, vec4i(pixel % ${columns}u) + shift_x, ${plane});`;
}

function loadCotangents(writer: KernelWriter, dy: Value, { outHeight, outWidth, geometry: { strides, dilation } }: Extents): string {
  const { code, bindings } = writer;
  const name = bindings.read(baseOf(dy));
  const { four: type } = operandType(dy.dtype);
  // without a stride, neighbouring elements of the kernel meet outputs as far apart as the dilation
  const [down, across] = [0, 1].map((axis) => (strides[axis] === 1 ? dilation[axis] : 1));
  return code.block(() => {
    code.line('let output = k / max(taps_y * taps_x, 1u);');
    code.line('let tap = k % max(taps_y * taps_x, 1u);');
    code.line(`let y = column.y - i32(tap / max(taps_x, 1u)) * ${down};`);
    code.line(`let x = column.x - i32(tap % max(taps_x, 1u)) * ${across};`);
    code.line(
      `let inside = (y >= vec4i(0)) & (y < vec4i(${outHeight})) & (x >= vec4i(0)) & (x < vec4i(${outWidth})) & vec4<bool>(k < last);`,
    );
    code.line(`let at = column.plane + output * ${outHeight * outWidth}u + vec4u(y * ${outWidth} + x);`);
    code.line(`return select(${type}(), ${type}(${name}[at.x], ${name}[at.y], ${name}[at.z], ${name}[at.w]), inside);`);
  });
}

function finishPixel(writer: KernelWriter, anchor: InputGrad, extents: Extents): void {
  const { code } = writer;
  const { rows, columns } = phaseSize(extents);
  const { images, channels, height, width, geometry } = extents;
  const [down, across] = geometry.strides;
  const pixel = images === 1 ? 'n' : code.let(`n % ${rows * columns}u`);
  const y = code.let(`${pixel} / ${columns}u${down === 1 ? '' : ` * ${down}u + depth / ${across}u`}`);
  const x = code.let(`${pixel} % ${columns}u${across === 1 ? '' : ` * ${across}u + depth % ${across}u`}`);
  if (height % down !== 0 || width % across !== 0) code.line(`if (${y} >= ${height}u || ${x} >= ${width}u) { return; }`);
  const plane = images === 1 ? 'm' : `((n / ${rows * columns}u) * ${channels}u + m)`;
  finishAt(writer, { result: anchor.outputs[0] as Value, name: 'value', place: `${plane} * ${height * width}u + ${y} * ${width}u + ${x}` });
}
