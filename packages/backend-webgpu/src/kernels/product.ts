/**
 * Products of matrices in tiles: a workgroup brings a tile of each operand into its own memory, and a thread multiplies out a block of the result
 * in registers. Operands are whatever their loaders read, so convolutions are products as well, their matrices never made. Knows no convolution.
 */
import { indented } from '../wgsl/code.ts';
import type { OperandType } from '../wgsl/types.ts';
import type { Kernel, KernelWriter } from './kernel.ts';
import { TILES, type Tile, type TileName, threadsOf } from './tiles.ts';

/** A product of an m x k matrix with a k x n one, `depth` times, or in so many parts. */
export interface Product {
  readonly m: number;
  readonly n: number;
  readonly depth: number;
  /** Element type of both operands, which lie in the workgroup's memory as they are; terms are summed up in f32. */
  readonly operands: OperandType;
  /** What is declared before the loaders. */
  readonly declared?: string;
  /** WGSL u32 expressions of the terms that are summed up by a workgroup, the same in all its threads: from the first up to, without it, the last. */
  readonly terms: { readonly first: string; readonly last: string };
  /** Statements at the start, when `depth`, the number of the product or part, is known. */
  readonly prepare?: string;
  /** Body of a function of m and k: elements (m, k) to (m, k + 3) of the first matrix, 0 from `last` on. */
  readonly loadA: string;
  /** Fields of a column, four at a time, and the body of a function of n, four numbers of columns, that returns it. */
  readonly columnFields: readonly string[];
  readonly column: string;
  /** Body of a function of k and column: elements (k, n) of the second matrix for the column's four n, 0 from `last` on. */
  readonly loadB: string;
  /** Body of a function of m, n and value, called for each element within the result. */
  readonly finish: string;
  readonly multiplyAdds: number;
  readonly label?: string;
}

/** The kernel of a product by a variant of tiling. */
export function productKernel(writer: KernelWriter, product: Product, name: TileName): Kernel {
  const tile: Tile = TILES[name];
  const { m, n, depth, multiplyAdds, label } = product;
  return writer.finish({
    main: mainOf(product, tile),
    declared: declarationsOf(product, tile),
    threads: threadsOf(tile),
    workgroups: [Math.ceil(n / tile.n), Math.ceil(m / tile.m), depth],
    multiplyAdds,
    ...(label === undefined ? {} : { label }),
  });
}

function declarationsOf({ m, n, operands, declared, loadA, columnFields, column, loadB, finish }: Product, tile: Tile): string {
  const guarded = `if (m < ${m}u && n < ${n}u) {\n${finish}\n}`;
  return `${declared === undefined ? '' : `${declared}\n\n`}var<private> depth: u32;
var<private> last: u32;
var<workgroup> tile_a: array<${operands.one}, ${tile.k * (tile.m + 1)}>;
var<workgroup> tile_b: array<${operands.four}, ${(tile.k * tile.n) / 4}>;

struct Column {
${columnFields.map((field) => `  ${field},`).join('\n')}
}

fn column_of(n: vec4u) -> Column {
${column}
}

fn load_a(m: u32, k: u32) -> ${operands.four} {
${loadA}
}

fn load_b(k: u32, column: Column) -> ${operands.four} {
${loadB}
}

fn finish(m: u32, n: u32, value: f32) {
${indented(guarded)}
}`;
}

function mainOf({ prepare = '', terms, operands }: Product, tile: Tile): string {
  const quads = tile.columns / 4;
  const across = tile.n / tile.columns;
  const rows = [...Array(tile.rows).keys()];
  const blocks = [...Array(quads).keys()];
  const accumulators = rows.flatMap((row) => blocks.map((block) => `sum_${row}_${block}`));
  const lines = [
    'depth = workgroup.z;',
    prepare,
    `let first = ${terms.first};`,
    `let end = ${terms.last};`,
    'last = end;',
    `let first_m = workgroup.y * ${tile.m}u;`,
    `let first_n = workgroup.x * ${tile.n}u;`,
    `let row = (lane / ${across}u) * ${tile.rows}u;`,
    `let block = lane % ${across}u;`,
    `let column = column_of(vec4u(first_n + (lane % ${tile.n / 4}u) * 4u) + vec4u(0u, 1u, 2u, 3u));`,
    ...accumulators.map((name) => `var ${name} = vec4f();`),
    `for (var k = first; k < end; k += ${tile.k}u) {`,
    indented([...fillTiles(tile), 'workgroupBarrier();', ...multiply(tile, rows, blocks, operands), 'workgroupBarrier();'].join('\n')),
    '}',
    ...rows.flatMap((row) => blocks.flatMap((block) => finishBlock(row, block, across))),
  ];
  return indented(lines.filter((line) => line !== '').join('\n'));
}

/** Brings the next terms of both operands into workgroup memory: four neighbours at a time, a's along k, b's along n. */
function fillTiles(tile: Tile): string[] {
  const threads = threadsOf(tile);
  const stride = tile.m + 1;
  return [
    `for (var s = lane; s < ${(tile.m * tile.k) / 4}u; s += ${threads}u) {`,
    `  let at = (s % ${tile.k / 4}u) * 4u;`,
    `  let m = s / ${tile.k / 4}u;`,
    '  let four = load_a(first_m + m, k + at);',
    ...['x', 'y', 'z', 'w'].map((lane, k) => `  tile_a[(at + ${k}u) * ${stride}u + m] = four.${lane};`),
    '}',
    `for (var s = lane; s < ${(tile.k * tile.n) / 4}u; s += ${threads}u) {`,
    `  tile_b[s] = load_b(k + s / ${tile.n / 4}u, column);`,
    '}',
  ];
}

function multiply(tile: Tile, rows: readonly number[], blocks: readonly number[], { one }: OperandType): string[] {
  const across = tile.n / tile.columns;
  const wide = (type: string, text: string) => (one === 'f32' ? text : `${type}(${text})`);
  return [
    `for (var t = 0u; t < ${tile.k}u; t++) {`,
    ...blocks.map((block) => `  let b_${block} = ${wide('vec4f', `tile_b[t * ${tile.n / 4}u + block + ${block * across}u]`)};`),
    ...rows.flatMap((row) => [
      `  let a_${row} = ${wide('f32', `tile_a[t * ${tile.m + 1}u + row + ${row}u]`)};`,
      ...blocks.map((block) => `  sum_${row}_${block} += a_${row} * b_${block};`),
    ]),
    '}',
  ];
}

function finishBlock(row: number, block: number, across: number): string[] {
  const n = `first_n + (block + ${block * across}u) * 4u`;
  return ['x', 'y', 'z', 'w'].map((lane, k) => `finish(first_m + row + ${row}u, ${n} + ${k}u, sum_${row}_${block}.${lane});`);
}
