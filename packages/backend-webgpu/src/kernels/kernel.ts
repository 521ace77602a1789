/** A kernel as data: its text, what it binds and how many workgroups it takes; and how its text is put together. Knows no device. */
import { type Anchor, type Group, operandsOf, readsOf } from '../fusion/group.ts';
import { baseOf, type Value } from '../ir/operation.ts';
import type { Storage } from '../placement/storage.ts';
import { type Binding, Bindings, declarations } from '../wgsl/bindings.ts';
import { Code } from '../wgsl/code.ts';
import { Expressions } from '../wgsl/expressions.ts';
import { namesSubgroups, withDirectives } from '../wgsl/extensions.ts';

/** A kernel, ready to be compiled. */
export interface Kernel {
  /** What it computes, and for which part of the model: `conv2d, add, tanh (genAB/head)`. */
  readonly label: string;
  /** WGSL; kernels that do the same for equal shapes have equal texts. */
  readonly source: string;
  readonly bindings: readonly Binding[];
  readonly workgroups: readonly [number, number, number];
  /** Multiplications, each with an addition, of products and convolutions. */
  readonly multiplyAdds: number;
}

/** What the adapter allows, as far as kernels ask for it. */
export interface KernelLimits {
  /** Buffers that a kernel may bind: WebGPU's maxStorageBuffersPerShaderStage. */
  readonly storageBuffers: number;
  /** Bytes of one binding: the smaller of maxStorageBufferBindingSize and maxBufferSize. */
  readonly bindingBytes: number;
  readonly workgroupsPerDimension: number;
  readonly invocationsPerWorkgroup: number;
  /** Bytes of memory that the threads of a workgroup share: maxComputeWorkgroupStorageSize. */
  readonly workgroupBytes: number;
  /** Whether kernels can compute by subgroups, and number these. */
  readonly subgroups: boolean;
}

/** What kernels are written with. */
export interface KernelContext {
  readonly limits: KernelLimits;
  /** Base values that lie in memory. */
  readonly stored: ReadonlySet<Value>;
  readonly storageOf: (value: Value) => Storage;
  /** Values that are written where their first operand lies. */
  readonly inPlace: ReadonlySet<Value>;
  /** The variant to use of those by which something can be computed: `described` tells apart all that is measured by itself. */
  readonly choose: (described: string, variants: readonly string[], usual: string) => string;
}

/** A group whose anchor is known, to be written as kernels. */
export interface Job<A extends Anchor> {
  readonly group: Group;
  readonly anchor: A;
  readonly context: KernelContext;
}

/** A kernel being written. */
export class KernelWriter {
  readonly code = new Code();
  readonly bindings: Bindings;
  readonly expressions: Expressions;
  readonly group: Group;
  readonly context: KernelContext;

  constructor(group: Group, context: KernelContext) {
    this.group = group;
    this.context = context;
    this.bindings = new Bindings(context.storageOf);
    const isRead = (value: Value) => this.isRead(value);
    this.expressions = new Expressions({ code: this.code, bindings: this.bindings, isRead });
  }

  /** Whether a base value is read from memory here. */
  isRead(value: Value): boolean {
    return this.context.stored.has(value) && !this.group.outputs.some((output) => baseOf(output) === value);
  }

  /** Whether an operand of the anchor can be read by fours: a buffer has one type, and other readers take it element by element. */
  hasQuads(value: Value): boolean {
    const base = baseOf(value);
    const { anchor, outputs } = this.group;
    const isOnlyOperand = anchor === undefined || operandsOf(anchor).filter((operand) => operand === base).length === 1;
    return isOnlyOperand && Bindings.hasQuads(base) && !readsOf({ outputs }, this.context.stored).has(base);
  }

  /** The kernel: `main` is the body of its entry point, `declared` what is declared before it. */
  finish({ main, declared = '', threads, workgroups, multiplyAdds = 0, label }: KernelParts): Kernel {
    const parts = [declarations(this.bindings.all), ...this.code.functions, declared, entryPoint(main, threads)];
    const source = `${parts.filter((part) => part !== '').join('\n\n')}\n`;
    return {
      label: label ?? labelOf(this.group),
      source: withDirectives(source),
      bindings: this.bindings.all,
      workgroups,
      multiplyAdds,
    };
  }
}

/** What `KernelWriter.finish` puts together. */
export interface KernelParts {
  readonly main: string;
  readonly declared?: string;
  readonly threads: number;
  readonly workgroups: readonly [number, number, number];
  readonly multiplyAdds?: number;
  readonly label?: string;
}

const BUILTINS = '@builtin(workgroup_id) workgroup: vec3u, @builtin(local_invocation_index) lane: u32';
const SUBGROUP_BUILTINS = '@builtin(subgroup_id) subgroup: u32, @builtin(num_subgroups) subgroups: u32';

function entryPoint(main: string, threads: number): string {
  return `@compute @workgroup_size(${threads})
fn main(${namesSubgroups(main) ? `${BUILTINS}, ${SUBGROUP_BUILTINS}` : BUILTINS}) {
${main}
}`;
}

/** Workgroups for `count` of them in a row, folded where a dimension cannot have that many. */
export function folded(count: number, { workgroupsPerDimension }: KernelLimits): [number, number, number] {
  const rows = Math.ceil(count / workgroupsPerDimension);
  return [Math.ceil(count / rows), rows, 1];
}

/** The number of a workgroup of folded ones. */
export function workgroupNumber([columns, rows]: readonly [number, number, number]): string {
  return rows === 1 ? 'workgroup.x' : `(workgroup.y * ${columns}u + workgroup.x)`;
}

const MOST_NAMED = 4;

function labelOf({ anchor, outputs }: Group): string {
  const [output] = outputs;
  const names = [
    ...(anchor === undefined ? [] : [anchor.op]),
    ...outputs.map(({ operation }) => operation.op).filter((op) => op !== anchor?.op),
  ];
  const shown = [...new Set(names)].slice(0, MOST_NAMED).join(', ');
  const scope = output?.operation.scope ?? '';
  return scope === '' ? shown : `${shown} (${scope})`;
}
