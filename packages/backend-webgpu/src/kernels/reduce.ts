/**
 * Sums and maxima. Short rows are reduced by a thread each, long ones by a workgroup each, and few long ones in two passes, so that there is work
 * for the whole device.
 */
import type { Anchor } from '../fusion/group.ts';
import type { Value } from '../ir/operation.ts';
import type { Storage } from '../placement/storage.ts';
import { number } from '../wgsl/elementwise.ts';
import { widthOf } from '../wgsl/expressions.ts';
import { finishAt } from './finish.ts';
import { folded, type Job, type Kernel, KernelWriter, workgroupNumber } from './kernel.ts';
import { beginThread, POINTWISE_THREADS } from './pointwise.ts';
import { Rows, rowLoop, threadsFor } from './rows.ts';
import { acrossLanes, type Combination, declareTotal, SUM, totalOf } from './total.ts';

type Reduction = Anchor & { readonly op: 'sum' | 'maxReduce' };

/** Rows up to this length are reduced by a thread. */
const SHORT = 32;

/** With so many rows, and those not contiguous, neighbouring threads read neighbouring elements when each has a row. */
const MANY_ROWS = 1024;

/** Elements of a row that a workgroup takes in the first of two passes, and how few rows make two passes worth while. */
const PART = 4096;
const FEW_ROWS = 64;

/** The kernels of a sum or maximum, and of what is computed of its result at once. */
export function reductionKernels(job: Job<Reduction>): Kernel[] {
  const { anchor } = job;
  const rows = new Rows(anchor.inputs[0] as Value, anchor.params.axes);
  if (rows.length <= SHORT || (!rows.contiguous && rows.count >= MANY_ROWS)) return [byThread(job, rows)];
  if (rows.count >= FEW_ROWS || rows.length < 2 * PART) return [byWorkgroup(job, rows)];
  return inTwoPasses(job, rows);
}

function combinationOf({ op }: Reduction, { code }: KernelWriter): Combination {
  if (op === 'sum') return SUM;
  return {
    initial: number(Number.NEGATIVE_INFINITY, 'f32', { code, width: 1 }),
    combine: (a, b) => `max(${a}, ${b})`,
    ofSubgroup: 'subgroupMax',
  };
}

function byThread({ group, anchor, context }: Job<Reduction>, rows: Rows): Kernel {
  const writer = new KernelWriter(group, context);
  const { code, bindings, expressions } = writer;
  const { initial, combine } = combinationOf(anchor, writer);
  bindings.writes(group.outputs);
  const workgroups = folded(Math.ceil(rows.count / POINTWISE_THREADS), context.limits);
  const main = code.block(() => {
    beginThread(writer, rows.count, workgroups);
    code.line(`var reduced = ${initial};`);
    const body = code.block(() => {
      const x = expressions.at(anchor.inputs[0] as Value, rows.index(code, { row: 'i', at: 'r', width: 1 }));
      code.line(`reduced = ${combine('reduced', x)};`);
    });
    code.line(`for (var r = 0u; r < ${rows.length}u; r++) {\n${body}\n}`);
    finishAt(writer, { result: anchor.outputs[0] as Value, name: 'reduced', place: 'i' });
  });
  return writer.finish({ main, threads: POINTWISE_THREADS, workgroups });
}

/** A part of a row, and the threads that walk over it. */
interface RowPart {
  readonly rows: Rows;
  readonly row: string;
  readonly first: string;
  readonly length: number;
  readonly threads: number;
}

/** Statements that leave in `all` what a workgroup makes of elements `first` up to `first` + `length` of row `row`. */
function reduceRow(writer: KernelWriter, anchor: Reduction, { rows, row, first, length, threads }: RowPart): void {
  const { code, expressions } = writer;
  const x = anchor.inputs[0] as Value;
  const combination = combinationOf(anchor, writer);
  const byFours = rows.contiguous && rows.length % 4 === 0 && length % 4 === 0;
  const width = byFours ? widthOf([x], (value) => writer.isRead(value)) : 1;
  code.line(`var reduced = ${width === 4 ? `vec4<f32>(${combination.initial})` : combination.initial};`);
  const inRow = first === '0u' ? 'r' : `${first} / ${width}u + r`;
  rowLoop(code, {
    steps: length / width,
    threads,
    body: () => {
      if (first !== '0u' && rows.length % length !== 0) code.line(`if (${inRow} >= ${rows.length / width}u) { break; }`);
      code.line(`reduced = ${combination.combine('reduced', expressions.at(x, rows.index(code, { row, at: code.let(inRow), width })))};`);
    },
  });
  code.line(`let all = ${totalOf(acrossLanes('reduced', width, combination), writer.context.limits)};`);
}

function byWorkgroup({ group, anchor, context }: Job<Reduction>, rows: Rows): Kernel {
  const writer = new KernelWriter(group, context);
  const { code, bindings } = writer;
  bindings.writes(group.outputs);
  const threads = threadsFor(rows.length, context.limits);
  const workgroups = folded(rows.count, context.limits);
  const main = code.block(() => {
    code.line(`let row = ${workgroupNumber(workgroups)};`);
    code.line(`if (row >= ${rows.count}u) { return; }`);
    reduceRow(writer, anchor, { rows, row: 'row', first: '0u', length: rows.length, threads });
    code.line(
      `if (lane == 0u) {\n${code.block(() => finishAt(writer, { result: anchor.outputs[0] as Value, name: 'all', place: 'row' }))}\n}`,
    );
  });
  return writer.finish({ main, declared: declareTotal(threads, combinationOf(anchor, writer), context.limits), threads, workgroups });
}

function inTwoPasses(job: Job<Reduction>, rows: Rows): Kernel[] {
  const { group, anchor, context } = job;
  const parts = Math.ceil(rows.length / PART);
  const partial: Storage = { kind: 'temporary', bytes: 4 * rows.count * parts };
  const first = new KernelWriter({ ...group, outputs: [] }, context);
  const threads = threadsFor(PART, context.limits);
  const to = first.bindings.raw(partial, 'read_write');
  const main = first.code.block(() => {
    first.code.line('let row = workgroup.y;');
    const start = first.code.let(`workgroup.x * ${PART}u`);
    reduceRow(first, anchor, { rows, row: 'row', first: start, length: PART, threads });
    first.code.line(`if (lane == 0u) { ${to}[row * ${parts}u + workgroup.x] = all; }`);
  });
  const declared = declareTotal(threads, combinationOf(anchor, first), context.limits);
  const label = `${anchor.op}, first pass (${anchor.scope})`;
  return [
    first.finish({ main, declared, threads, workgroups: [parts, rows.count, 1], label }),
    ofParts(job, { partial, count: rows.count, parts }),
  ];
}

/** The second pass: each row from its parts. */
function ofParts(
  { group, anchor, context }: Job<Reduction>,
  { partial, count, parts }: { readonly partial: Storage; readonly count: number; readonly parts: number },
): Kernel {
  const writer = new KernelWriter(group, context);
  const { code, bindings } = writer;
  bindings.writes(group.outputs);
  const from = bindings.raw(partial, 'read');
  const combination = combinationOf(anchor, writer);
  const threads = threadsFor(parts, context.limits);
  const main = code.block(() => {
    code.line('let row = workgroup.x;');
    code.line(`var reduced = ${combination.initial};`);
    rowLoop(code, {
      steps: parts,
      threads,
      body: () => code.line(`reduced = ${combination.combine('reduced', `${from}[row * ${parts}u + r]`)};`),
    });
    code.line(`let all = ${totalOf('reduced', context.limits)};`);
    code.line(
      `if (lane == 0u) {\n${code.block(() => finishAt(writer, { result: anchor.outputs[0] as Value, name: 'all', place: 'row' }))}\n}`,
    );
  });
  return writer.finish({ main, declared: declareTotal(threads, combination, context.limits), threads, workgroups: [count, 1, 1] });
}
