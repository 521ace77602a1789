/** Matrix products, with batch axes that stretch. */
import { sizeOf } from '@cyclegan/core';
import type { Anchor } from '../fusion/group.ts';
import { baseOf, type Value } from '../ir/operation.ts';
import { Index } from '../wgsl/index-map.ts';
import { operandType } from '../wgsl/types.ts';
import { rowMajor } from './conv2d.ts';
import { finishAt } from './finish.ts';
import { type Job, type Kernel, KernelWriter } from './kernel.ts';
import { type Product, productKernel } from './product.ts';
import { candidateTiles, type TileName, usualTile } from './tiles.ts';

type Matmul = Anchor & { readonly op: 'matmul' };

/** The kernel of a matrix product, and of what is computed of it at once. */
export function matmulKernel({ group, anchor, context }: Job<Matmul>): Kernel {
  const writer = new KernelWriter(group, context);
  const { code, bindings } = writer;
  const [a, b] = anchor.inputs as readonly [Value, Value];
  const [result] = anchor.outputs as readonly [Value];
  const [m = 1, k = 1] = a.shape.slice(-2);
  const n = b.shape.at(-1) ?? 1;
  const batch = result.shape.slice(0, -2);
  bindings.writes(group.outputs);
  /** Where the matrix of an operand starts that belongs to number `depth` of the batch. */
  const start = ({ shape }: Value, elements: number) =>
    `${Index.at(code, batch, 'depth').stretched(shape.slice(0, -2)).place} * ${elements}u + `;
  const product: Product = {
    m,
    n,
    depth: sizeOf(batch),
    operands: operandType(a.dtype),
    declared: 'var<private> start_a: u32;\nvar<private> start_b: u32;',
    terms: { first: '0u', last: `${k}u` },
    prepare: code.block(() => {
      code.line(`start_a = ${start(a, m * k)}0u;`);
      code.line(`start_b = ${start(b, k * n)}0u;`);
    }),
    loadA: rowMajor(writer, a, { k, start: 'start_a' }),
    columnFields: ['n: vec4u'],
    column: '  return Column(n);',
    loadB: loadColumns(writer, b, n),
    finish: code.block(() => finishAt(writer, { result, name: 'value', place: `(depth * ${m}u + m) * ${n}u + n` })),
    multiplyAdds: m * n * k * sizeOf(batch),
  };
  const type = a.dtype === 'f16' ? ' f16' : '';
  const variant = context.choose(`matmul ${[...batch, m, k, n].join('x')}${type}`, candidateTiles(m, n, context.limits), usualTile(m, n));
  return productKernel(writer, product, variant as TileName);
}

function loadColumns(writer: KernelWriter, b: Value, n: number): string {
  const { code, bindings } = writer;
  const base = baseOf(b);
  const { four: type } = operandType(b.dtype);
  return code.block(() => {
    if (n % 4 === 0 && writer.hasQuads(base)) {
      code.line(`let four = ${bindings.read(base, 4)}[(start_b + k * ${n}u + column.n.x) / 4u];`);
    } else {
      const name = bindings.read(base);
      code.line(`let at = vec4u(start_b + k * ${n}u) + column.n;`);
      code.line(`let four = ${type}(${name}[at.x], ${name}[at.y], ${name}[at.z], ${name}[at.w]);`);
    }
    code.line(`return select(${type}(), four, k < last);`);
  });
}
