/**
 * What normalising needs of each row: its mean and deviation, and for the gradient the means of dy and of dy y. A workgroup has a row, and what is made
 * of these for the row's own elements it computes by walking over it again, while it still is in the cache.
 */
import type { Anchor } from '../fusion/group.ts';
import type { Value } from '../ir/operation.ts';
import { widthOf } from '../wgsl/expressions.ts';
import type { Index } from '../wgsl/index-map.ts';
import { literal, registerType, type Width } from '../wgsl/types.ts';
import { folded, type Job, type Kernel, KernelWriter, workgroupNumber } from './kernel.ts';
import { Rows, rowLoop, threadsFor } from './rows.ts';
import { acrossLanes, declareTotal, SUM, totalOf } from './total.ts';

type Statistics = Anchor & { readonly op: 'statistics' };
type Projections = Anchor & { readonly op: 'projections' };

/** A workgroup and its row. */
interface RowKernel {
  readonly writer: KernelWriter;
  readonly width: Width;
  /** The mean over the row of what the threads have added up in the variable `name`. */
  readonly rowMean: (name: string) => string;
  /** Writes the loop over the row; `body` gets the position of an element, or of four. */
  readonly loop: (body: (index: Index) => void) => void;
}

/** The kernel of a group whose results are two values for each row of its operands. */
function rowKernel({ group, anchor, context }: Job<Statistics | Projections>, write: (kernel: RowKernel) => void): Kernel {
  const writer = new KernelWriter(group, context);
  const { code, bindings } = writer;
  const rows = new Rows(anchor.inputs[0] as Value, anchor.params.axes);
  const ofRows = group.outputs.filter(({ operation }) => operation !== anchor);
  const isRead = (value: Value) => writer.isRead(value) || value.operation === anchor;
  const width = rows.contiguous && rows.length % 4 === 0 ? widthOf([...anchor.inputs, ...ofRows], isRead) : 1;
  bindings.writes(group.outputs.filter(({ operation }) => operation === anchor));
  bindings.writes(ofRows, width);
  const threads = threadsFor(rows.length / width, context.limits);
  const workgroups = folded(rows.count, context.limits);
  const loop = (body: (index: Index) => void) =>
    rowLoop(code, { steps: rows.length / width, threads, body: () => body(rows.index(code, { row: 'row', at: 'r', width })) });
  const rowMean = (name: string) => `${totalOf(acrossLanes(name, width, SUM), context.limits)} / ${rows.length}f`;
  const main = code.block(() => {
    code.line(`let row = ${workgroupNumber(workgroups)};`);
    code.line(`if (row >= ${rows.count}u) { return; }`);
    write({ writer, width, rowMean, loop });
    if (ofRows.length > 0) loop((index) => writeElements(writer, ofRows, index));
  });
  return writer.finish({ main, declared: declareTotal(threads, SUM, context.limits), threads, workgroups });
}

/** Mean and 1 / sqrt(variance + epsilon): the deviations are summed in a second walk over the row, so that nothing cancels. */
export function statisticsKernel(job: Job<Statistics>): Kernel {
  const { anchor } = job;
  return rowKernel(job, ({ writer, width, rowMean, loop }) => {
    const { code, expressions } = writer;
    const [x] = anchor.inputs as readonly [Value];
    const type = registerType('f32', width);
    code.line(`var sum = ${type}(0);`);
    loop((index) => code.line(`sum += ${expressions.at(x, index)};`));
    code.line(`let mean = ${rowMean('sum')};`);
    code.line(`var squares = ${type}(0);`);
    loop((index) => {
      const deviation = code.let(`${expressions.at(x, index)} - mean`);
      code.line(`squares += ${deviation} * ${deviation};`);
    });
    code.line(`let variance = ${rowMean('squares')};`);
    const rstd = `1f / sqrt(variance + ${literal(anchor.params.epsilon, 'f32')})`;
    writeRow(writer, anchor, ['mean', rstd]);
  });
}

/** Means of dy and of dy y. */
export function projectionsKernel(job: Job<Projections>): Kernel {
  const { anchor } = job;
  return rowKernel(job, ({ writer, width, rowMean, loop }) => {
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
    code.line(`let mean_dy = ${rowMean('sum')};`);
    code.line(`let mean_product = ${rowMean('products')};`);
    writeRow(writer, anchor, ['mean_dy', 'mean_product']);
  });
}

/** Writes the results for a row, and gives them to what is computed of its elements. */
function writeRow({ code, bindings, expressions, group }: KernelWriter, anchor: Anchor, texts: readonly [string, string]): void {
  const names = texts.map((text) => code.let(text));
  anchor.outputs.forEach((output, k) => {
    expressions.give(output, names[k] as string);
  });
  const own = group.outputs.filter(({ operation }) => operation === anchor);
  if (own.length === 0) return;
  const stores = () => {
    for (const output of own) code.line(bindings.store(output, 'row', { text: names[output.index] as string }));
  };
  code.line(`if (lane == 0u) {\n${code.block(stores)}\n}`);
}

function writeElements({ code, bindings, expressions }: KernelWriter, outputs: readonly Value[], index: Index): void {
  const texts = outputs.map((output) => expressions.at(output, index));
  const place = index.width === 4 ? index.quad : index.place;
  outputs.forEach((output, k) => {
    code.line(bindings.store(output, place, { text: texts[k] as string, width: index.width }));
  });
}
