/** What normalising needs of each row: its mean and deviation, and for the gradient the means of dy and of dy y. A workgroup has a row. */
import type { Anchor, Group } from '../fusion/group.ts';
import type { Value } from '../ir/operation.ts';
import { widthOf } from '../wgsl/expressions.ts';
import type { Index } from '../wgsl/index-map.ts';
import { literal, registerType, type Width } from '../wgsl/types.ts';
import { folded, type Kernel, type KernelContext, KernelWriter, workgroupNumber } from './kernel.ts';
import { acrossLanes, declareTotal, rowLoop, Rows, SUM, threadsFor } from './rows.ts';

type Statistics = Anchor & { readonly op: 'statistics' };
type Projections = Anchor & { readonly op: 'projections' };

/** A workgroup and its row. */
interface RowKernel {
  readonly writer: KernelWriter;
  readonly width: Width;
  readonly length: number;
  /** Writes the loop over the row; `body` gets the position of an element, or of four. */
  readonly loop: (body: (index: Index) => void) => void;
}

/** The kernel of a group whose results are two values for each row of its operands. */
function rowKernel(group: Group, anchor: Statistics | Projections, context: KernelContext, write: (kernel: RowKernel) => void): Kernel {
  const writer = new KernelWriter(group, context);
  const { code, bindings } = writer;
  const rows = new Rows(anchor.inputs[0] as Value, anchor.params.axes);
  bindings.writes(group.outputs);
  const byFours = rows.contiguous && rows.length % 4 === 0;
  const width = byFours ? widthOf(anchor.inputs, (value) => writer.isRead(value)) : 1;
  const threads = threadsFor(rows.length / width, context.limits);
  const workgroups = folded(rows.count, context.limits);
  const loop = (body: (index: Index) => void) =>
    rowLoop(code, { steps: rows.length / width, threads, body: () => body(rows.index(code, 'row', 'r', width)) });
  const main = code.block(() => {
    code.line(`let row = ${workgroupNumber(workgroups)};`);
    code.line(`if (row >= ${rows.count}u) { return; }`);
    write({ writer, width, length: rows.length, loop });
  });
  return writer.finish({ main, declared: declareTotal(threads, 'f32', SUM), threads, workgroups });
}

/** Mean and 1 / sqrt(variance + epsilon): the deviations are summed in a second walk over the row, so that nothing cancels. */
export function statisticsKernel(group: Group, anchor: Statistics, context: KernelContext): Kernel {
  return rowKernel(group, anchor, context, ({ writer, width, length, loop }) => {
    const { code, expressions } = writer;
    const [x] = anchor.inputs as readonly [Value];
    const type = registerType('f32', width);
    code.line(`var sum = ${type}(0);`);
    loop((index) => code.line(`sum += ${expressions.at(x, index)};`));
    code.line(`let mean = total(lane, ${acrossLanes('sum', width, SUM)}) / ${length}f;`);
    code.line(`var squares = ${type}(0);`);
    loop((index) => {
      const deviation = code.let(`${expressions.at(x, index)} - mean`);
      code.line(`squares += ${deviation} * ${deviation};`);
    });
    code.line(`let variance = total(lane, ${acrossLanes('squares', width, SUM)}) / ${length}f;`);
    const rstd = `1f / sqrt(variance + ${literal(anchor.params.epsilon, 'f32')})`;
    writeRow(writer, anchor, ['mean', rstd]);
  });
}

/** Means of dy and of dy y. */
export function projectionsKernel(group: Group, anchor: Projections, context: KernelContext): Kernel {
  return rowKernel(group, anchor, context, ({ writer, width, length, loop }) => {
    const { code, expressions } = writer;
    const [dy, y] = anchor.inputs as readonly [Value, Value];
    const type = registerType('f32', width);
    code.line(`var sum = ${type}(0);`);
    code.line(`var products = ${type}(0);`);
    loop((index) => {
      const cotangent = expressions.at(dy, index);
      code.line(`sum += ${cotangent};`);
      code.line(`products += ${cotangent} * ${expressions.at(y, index)};`);
    });
    const mean = (name: string) => `total(lane, ${acrossLanes(name, width, SUM)}) / ${length}f`;
    code.line(`let mean_dy = ${mean('sum')};`);
    code.line(`let mean_product = ${mean('products')};`);
    writeRow(writer, anchor, ['mean_dy', 'mean_product']);
  });
}

function writeRow({ code, bindings, group }: KernelWriter, anchor: Anchor, texts: readonly [string, string]): void {
  const stores = () => {
    for (const output of group.outputs) code.line(bindings.store(output, 'row', texts[anchor.outputs.indexOf(output)] as string));
  };
  code.line(`if (lane == 0u) {\n${code.block(stores)}\n}`);
}
