/**
 * Winograd's minimal filtering F(2x2, 3x3) (Lavin and Gray 2015) for convolutions of 3x3 kernels and their input gradients, stride 1: patches of
 * 2 x 2 results as A^T ((G g G^T) * (B^T d B)) A, the products in the middle summed up over the channels. Takes 16 multiplications for 4
 * results in place of 36, so 2.25 times fewer.
 *
 * The weights are transformed by a kernel of their own, once and not by every workgroup. The other kernel does all the rest: it brings patches
 * transformed into workgroup memory, multiplies, and exchanges the components through the same memory. It reads the transformed weights where
 * they lie: each is needed by the threads of one component alone, which are neighbours, so workgroup memory would spare nothing.
 */
import { readsOf } from '../fusion/group.ts';
import type { Value } from '../ir/operation.ts';
import type { Storage } from '../placement/storage.ts';
import { indented } from '../wgsl/code.ts';
import { mirroredPosition } from '../wgsl/movement.ts';
import type { Extents } from './convolution.ts';
import { type Correlating, type Correlation, correlationOf, sizeOfPicture } from './correlation.ts';
import { finishAt } from './finish.ts';
import { type Job, type Kernel, KernelWriter } from './kernel.ts';
import { COMPONENTS, WINOGRAD_BYTES, WINOGRAD_THREADS, WINOGRAD_TILE } from './winograd-tile.ts';
import { weightsLayout, winogradWeightsKernel } from './winograd-weights.ts';

/** The name of the variant. */
export const WINOGRAD = 'winograd';

const { channels: TILE_CHANNELS, patches: TILE_PATCHES, terms: TILE_TERMS, block: BLOCK } = WINOGRAD_TILE;

/** The variant, where a convolution or input gradient can be computed by it. */
export function winogradVariants({ group, anchor, context }: Job<Correlating>, extents: Extents): readonly (typeof WINOGRAD)[] {
  const { limits, stored } = context;
  const { kernelHeight, kernelWidth, geometry } = extents;
  const { strides, dilation, groups } = geometry;
  const isPlain = [...strides, ...dilation, groups].every((value) => value === 1);
  const correlation = correlationOf(anchor, extents);
  const fits =
    WINOGRAD_THREADS <= limits.invocationsPerWorkgroup &&
    WINOGRAD_BYTES <= limits.workgroupBytes &&
    weightsLayout(correlation).bytes <= limits.bindingBytes;
  // weights that are read for something else as well would be bound besides the transformed ones
  const isAlone = !readsOf({ outputs: group.outputs }, stored).has(correlation.weights);
  return isPlain && kernelHeight === 3 && kernelWidth === 3 && fits && isAlone ? [WINOGRAD] : [];
}

/** The kernels of a convolution or input gradient for which there is the variant, and of what is computed of its result at once. */
export function winogradKernels(job: Job<Correlating>, extents: Extents): Kernel[] {
  const correlation = correlationOf(job.anchor, extents);
  const weights: Storage = { kind: 'temporary', bytes: weightsLayout(correlation).bytes };
  return [winogradWeightsKernel(job, correlation, weights), patchesKernel(job, correlation, weights)];
}

function patchesKernel({ group, anchor, context }: Job<Correlating>, correlation: Correlation, weights: Storage): Kernel {
  const writer = new KernelWriter(group, context);
  writer.bindings.writes(group.outputs);
  const { terms, channels } = correlation;
  const { count } = patchesOf(correlation);
  const main = mainOf(correlation, writer.bindings.raw(weights, 'read', 'vec4<f32>'));
  return writer.finish({
    main: indented(main),
    declared: [MEMORY, loadPatch(writer, correlation), COMBINED, EXCHANGE, finishResult(writer, anchor, correlation), FINISH_PATCH].join(
      '\n\n',
    ),
    threads: WINOGRAD_THREADS,
    workgroups: [Math.ceil(count / TILE_PATCHES), Math.ceil(channels / TILE_CHANNELS), 1],
    multiplyAdds: COMPONENTS * count * channels * terms,
  });
}

/** Patches of 2 x 2 results: down and across an image, and of all images. */
function patchesOf({ images, result }: Correlation): { readonly down: number; readonly across: number; readonly count: number } {
  const [down, across] = [Math.ceil(result[0] / 2), Math.ceil(result[1] / 2)];
  return { down, across, count: images * down * across };
}

const MEMORY = `var<workgroup> tile: array<f32, ${COMPONENTS * TILE_TERMS * TILE_PATCHES}>;`;

/** B^T d B of a patch. In workgroup memory each component of each term is a row of patches; in odd components fours are swapped, so that two components fall into different banks. */
const COMBINED = `fn across(d: vec4f) -> vec4f {
  return vec4f(d.x - d.z, d.y + d.z, d.z - d.y, d.y - d.w);
}

fn keep(row: u32, n: u32, v: vec4f) {
  let at = row * ${TILE_PATCHES}u;
  tile[at + n] = v.x;
  tile[at + ${TILE_PATCHES}u + (n ^ 4u)] = v.y;
  tile[at + ${2 * TILE_PATCHES}u + n] = v.z;
  tile[at + ${3 * TILE_PATCHES}u + (n ^ 4u)] = v.w;
}

fn transform(d: array<vec4f, 4>, row: u32, n: u32) {
  keep(row, n, across(d[0] - d[2]));
  keep(row + 4u, n, across(d[1] + d[2]));
  keep(row + 8u, n, across(d[2] - d[1]));
  keep(row + 12u, n, across(d[1] - d[3]));
}`;

/** Sums of all components, two rows of each thread's block at a time, lie such that neither writing nor reading them meets one bank twice. */
const EXCHANGE = `fn exchanged(component: u32, row: u32, n: u32) -> u32 {
  return (component * ${TILE_TERMS}u + row) * ${TILE_PATCHES}u + (n ^ ((row & 6u) | (component & 1u)));
}

fn give(component: u32, row: u32, n: u32, sums: vec4f) {
${['x', 'y', 'z', 'w'].map((lane, k) => `  tile[exchanged(component, row, n + ${k}u)] = sums.${lane};`).join('\n')}
}

fn take(component: u32, row: u32, n: u32) -> vec4f {
  return vec4f(${[0, 1, 2, 3].map((k) => `tile[exchanged(component + ${k}u, row, n)]`).join(', ')});
}`;

/** A^T M A of one channel of a patch, and what follows for each of the four results. */
const FINISH_PATCH = `fn finish_patch(first_m: u32, first_n: u32, lane: u32) {
  let row = lane / ${TILE_PATCHES}u;
  let column = lane % ${TILE_PATCHES}u;
  let m_0 = take(0u, row, column);
  let m_1 = take(4u, row, column);
  let m_2 = take(8u, row, column);
  let m_3 = take(12u, row, column);
  let above = m_0 + m_1 + m_2;
  let below = m_1 - m_2 - m_3;
  let m = first_m + (row / 2u) * ${BLOCK}u + row % 2u;
  let n = first_n + column;
  let results = vec4f(above.x + above.y + above.z, above.y - above.z - above.w, below.x + below.y + below.z, below.y - below.z - below.w);
  for (var k = 0u; k < 4u; k++) { finish(m, n, k / 2u, k % 2u, results[k]); }
}`;

/** Statements of a workgroup. */
function mainOf(correlation: Correlation, weights: string): string {
  const { terms } = correlation;
  const perComponent = WINOGRAD_THREADS / COMPONENTS;
  const across = TILE_PATCHES / BLOCK;
  const rows = [...Array(BLOCK).keys()];
  return [
    `let first_m = workgroup.y * ${TILE_CHANNELS}u;`,
    `let first_n = workgroup.x * ${TILE_PATCHES}u;`,
    `let own_n = lane % ${TILE_PATCHES}u;`,
    `let own_term = lane / ${TILE_PATCHES}u;`,
    'let place = place_of(first_n + own_n);',
    `let component = lane / ${perComponent}u;`,
    `let row = (lane % ${perComponent}u) / ${across}u;`,
    `let block = (lane % ${across}u) * ${BLOCK}u;`,
    'let first = block + (component & 1u) * 4u;',
    'let second = first ^ 4u;',
    ...rows.flatMap((row) => [`var sum_${row}_0 = vec4f();`, `var sum_${row}_1 = vec4f();`]),
    `for (var k = 0u; k < ${terms}u; k += ${TILE_TERMS}u) {`,
    `  transform(load_patch(place, k + own_term), own_term * ${COMPONENTS}u, own_n);`,
    '  workgroupBarrier();',
    indented(multiply(weights, weightsLayout(correlation).channels)),
    '  workgroupBarrier();',
    '}',
    ...exchange(),
  ].join('\n');
}

/** The products of the terms at hand: eight channels times eight patches of the thread's component. */
function multiply(weights: string, channels: number): string {
  const four = (at: string) => `vec4f(${[0, 1, 2, 3].map((k) => `tile[at + ${at} + ${k}u]`).join(', ')})`;
  const rows = [0, 1].flatMap((half) =>
    ['x', 'y', 'z', 'w'].flatMap((lane, k) =>
      [0, 1].map((column) => `  sum_${4 * half + k}_${column} += a_${half}.${lane} * b_${column};`),
    ),
  );
  return [
    `for (var t = 0u; t < ${TILE_TERMS}u; t++) {`,
    `  let at = (t * ${COMPONENTS}u + component) * ${TILE_PATCHES}u;`,
    `  let weight = (((k + t) * ${COMPONENTS}u + component) * ${channels}u + first_m) / 4u + row * ${BLOCK / 4}u;`,
    `  let a_0 = ${weights}[weight];`,
    `  let a_1 = ${weights}[weight + 1u];`,
    `  let b_0 = ${four('first')};`,
    `  let b_1 = ${four('second')};`,
    ...rows,
    '}',
  ].join('\n');
}

/** Gives the sums of two rows of each block at a time to the threads that put the components together. */
function exchange(): string[] {
  return [...Array(BLOCK / 2).keys()].flatMap((round) => [
    ...(round === 0 ? [] : ['workgroupBarrier();']),
    ...[0, 1].flatMap((half) =>
      [0, 1].map((column) => `give(component, row * 2u + ${half}u, block + ${4 * column}u, sum_${2 * round + half}_${column});`),
    ),
    'workgroupBarrier();',
    `finish_patch(first_m + ${2 * round}u, first_n, lane);`,
  ]);
}

/** Functions that say where a patch of 4 x 4 elements lies and which of them are inside, and that read it for a term. */
function loadPatch({ bindings }: KernelWriter, correlation: Correlation): string {
  const { terms, extent, before, picture, source } = correlation;
  const { down, across } = patchesOf(correlation);
  const [rows, columns] = sizeOfPicture(picture);
  const [top, , left] = picture.mirrored;
  const isMirrored = picture.mirrored.some((size) => size > 0);
  const along = (position: string, size: number, mirrored: number) =>
    isMirrored ? mirroredPosition(`${position} - ${mirrored}`, size) : position;
  const lanes = ['x', 'y', 'z', 'w'];
  const read = (row: string) =>
    `vec4f(${lanes.map((column) => bindings.load(source, `at + place.rows.${row} + place.columns.${column}`)).join(', ')})`;
  const line = (row: string) =>
    `select(vec4f(), ${read(row)}, place.inside_columns & vec4<bool>(place.inside_rows.${row} && term < ${terms}u))`;
  return `struct Place {
  rows: vec4u,
  columns: vec4u,
  inside_rows: vec4<bool>,
  inside_columns: vec4<bool>,
  plane: u32,
}

fn place_of(n: u32) -> Place {
  let y = vec4i(i32(n / ${across}u % ${down}u) * 2 - ${before[0]}) + vec4i(0, 1, 2, 3);
  let x = vec4i(i32(n % ${across}u) * 2 - ${before[1]}) + vec4i(0, 1, 2, 3);
  return Place(
    vec4u((${along('y', rows, top)}) * ${columns}),
    vec4u(${along('x', columns, left)}),
    (y >= vec4i()) & (y < vec4i(${extent[0]})),
    (x >= vec4i()) & (x < vec4i(${extent[1]})),
    n / ${across * down}u * ${terms * rows * columns}u,
  );
}

fn load_patch(place: Place, term: u32) -> array<vec4f, 4> {
  let at = place.plane + term * ${rows * columns}u;
  return array<vec4f, 4>(
${lanes.map((row) => `    ${line(row)},`).join('\n')}
  );
}`;
}

/** The function that is called for each result, within the picture or not. */
function finishResult(writer: KernelWriter, anchor: Correlating, correlation: Correlation): string {
  const { channels, result } = correlation;
  const { down, across, count } = patchesOf(correlation);
  const [rows, columns] = result;
  const place = `((n / ${down * across}u * ${channels}u + m) * ${rows}u + y) * ${columns}u + x`;
  const body = writer.code.block(() => finishAt(writer, { result: anchor.outputs[0] as Value, name: 'value', place }));
  return `fn finish(m: u32, n: u32, below: u32, right: u32, value: f32) {
  let y = n / ${across}u % ${down}u * 2u + below;
  let x = n % ${across}u * 2u + right;
  if (m < ${channels}u && n < ${count}u && y < ${rows}u && x < ${columns}u) {
${indented(body)}
  }
}`;
}
