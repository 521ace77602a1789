/**
 * Decides what is computed where it is read and what is left in memory, so that few bytes are moved: chains of pointwise operations become one
 * kernel, what a reduction reads is computed as it reads, and what follows a convolution or reduction is computed on its result while that is at hand.
 */
import {
  type AnyOperation,
  baseOf,
  deviceBytes,
  isAnchor,
  isLeaf,
  isPointwise,
  type LoweredProgram,
  scalarOf,
  type Value,
} from '../ir/operation.ts';
import { type Expression, isAligned, totalBytes, union, without } from './expressions.ts';
import { type Anchor, type FusedProgram, type Group, operandsOf, readsMemory } from './group.ts';
import { mergeGroups } from './merge.ts';

/** How much a kernel may do. */
export interface FusionLimits {
  /** Buffers that a kernel may bind. */
  readonly storageBuffers: number;
}

/** Operations in one expression, at most; and in one that is computed at several places. */
const LONGEST = 48;
const LONGEST_REPEATED = 12;

/** A result this many times as large as an operand computes the operand's expression too often, if there is more than one operation in it. */
const STRETCHED = 4;

/** The groups of `program`. */
export function fuse(program: LoweredProgram, limits: FusionLimits): FusedProgram {
  // what other operands of a reader will read is known only when they were decided: a first round guesses it
  const guess = new Fusion(program, limits);
  return new Fusion(program, limits, guess.decide()).finish();
}

type Decided = ReadonlyMap<Value, Expression>;

class Fusion {
  readonly #program: LoweredProgram;
  readonly #limits: FusionLimits;
  readonly #guess: Decided | undefined;
  readonly #users = new Map<Value, Set<AnyOperation>>();
  readonly #kept: ReadonlySet<Value>;
  readonly #expressions = new Map<Value, Expression>();
  readonly #stored = new Set<Value>();
  readonly #groups: Group[] = [];

  constructor(program: LoweredProgram, limits: FusionLimits, guess?: Decided) {
    this.#program = program;
    this.#limits = limits;
    this.#guess = guess;
    for (const operation of program.operations) {
      if (operation.op === 'reshape') continue;
      for (const operand of operandsOf(operation)) this.#users.set(operand, (this.#users.get(operand) ?? new Set()).add(operation));
    }
    this.#kept = new Set([...program.outputs.values(), ...program.updates.values()].map(baseOf));
    this.#dropDead();
  }

  /** Decides everything; the expressions of values, where those in memory read themselves. */
  decide(): Decided {
    for (const operation of this.#program.operations) {
      if (operation.op === 'reshape' || isLeaf(operation) || !this.#isLive(operation)) continue;
      if (isAnchor(operation)) this.#anchor(operation);
      else this.#pointwise(operation);
    }
    return this.#expressions;
  }

  finish(): FusedProgram {
    this.decide();
    const groups = this.#groups.sort((a, b) => a.position - b.position);
    return mergeGroups({ groups, stored: this.#stored }, { storageBuffers: this.#limits.storageBuffers, kept: this.#kept });
  }

  #isLive({ op, outputs }: AnyOperation): boolean {
    return op === 'adam' || outputs.some((value) => this.#kept.has(value) || (this.#users.get(value)?.size ?? 0) > 0);
  }

  /** Padded pictures that only convolutions read are not made, so what they would read has one reader less. */
  #dropDead(): void {
    for (const operation of [...this.#program.operations].reverse()) {
      const dead =
        operation.op !== 'adam' && operation.outputs.every((value) => !this.#kept.has(value) && (this.#users.get(value)?.size ?? 0) === 0);
      if (dead) for (const operand of operandsOf(operation)) this.#users.get(operand)?.delete(operation);
    }
  }

  #anchor(anchor: Anchor): void {
    const operands = operandsOf(anchor);
    for (const operand of operands) if (readsMemory(anchor) || this.#expression(operand).anchor !== undefined) this.#store(operand);
    // beside what it reads, an anchor binds two results, or one and, in two passes, what is passed on
    const inputs = this.#withinLimits(operands, this.#limits.storageBuffers - 2);
    const open: Expression = { ...inputs, anchor, ready: anchor.position };
    for (const output of anchor.outputs) {
      this.#expressions.set(output, open);
      if (anchor.outputs.length > 1 || !this.#staysOpen(output)) this.#store(output);
    }
  }

  #pointwise(operation: AnyOperation): void {
    const output = operation.outputs[0] as Value;
    const operands = operandsOf(operation);
    if (readsMemory(operation) || this.#wouldKeepWide(operation)) for (const operand of operands) this.#store(operand);
    this.#withinLimits(operands, this.#limits.storageBuffers - 1);
    const anchor = this.#joined(operation, operands);
    const inputs = union(operands.map((operand) => this.#expression(operand)));
    const expression = { ...inputs, size: inputs.size + 1 };
    this.#expressions.set(output, anchor === undefined ? expression : { ...expression, anchor, ready: anchor.position });
    const inline = anchor !== undefined ? this.#staysOpen(output) : this.#isInlined(output);
    if (!inline) this.#store(output);
  }

  /** Whether an anchor's result would be kept for several readers as what `operation` widens it to: each of them can do that as it reads. */
  #wouldKeepWide({ op, inputs, outputs }: AnyOperation): boolean {
    const [[x], [result]] = [inputs, outputs] as unknown as readonly [readonly [Value], readonly [Value]];
    if (op !== 'cast' || x.dtype !== 'f16' || this.#expression(baseOf(x)).anchor === undefined) return false;
    return !this.#kept.has(result) && !this.#staysOpen(result);
  }

  /** The anchor whose result `operation` can work on at once; other anchors' results are left in memory. */
  #joined(operation: AnyOperation, operands: readonly Value[]): Anchor | undefined {
    const anchors = operands.flatMap((operand) => this.#expression(operand).anchor ?? []);
    const last = anchors.sort((a, b) => a.position - b.position).at(-1);
    for (const operand of operands) {
      const { anchor } = this.#expression(operand);
      if (anchor !== undefined && (anchor !== last || !isAligned(operation, operand))) this.#store(operand);
    }
    const isThere = (operand: Value) =>
      this.#expression(operand).anchor === last || this.#expression(operand).ready < (last?.position ?? 0);
    if (last === undefined || operands.every(isThere)) return last;
    for (const operand of operands) if (this.#expression(operand).anchor === last) this.#store(operand);
    return undefined;
  }

  /** The operands together, the largest of them left in memory until what they read is no more than `mostLeaves`. */
  #withinLimits(operands: readonly Value[], mostLeaves: number): Expression {
    for (;;) {
      const together = union(operands.map((operand) => this.#expression(operand)));
      if (together.leaves.size <= mostLeaves && together.size < LONGEST) return together;
      const inline = operands.filter((operand) => this.#expression(operand).size > 0);
      const [largest] = inline.sort((a, b) => this.#expression(b).leaves.size - this.#expression(a).leaves.size || b.id - a.id);
      if (largest === undefined) return together;
      this.#store(largest);
    }
  }

  /** Whether the only reader of a result can work on it at once. */
  #staysOpen(value: Value): boolean {
    const [user, ...others] = this.#users.get(value) ?? [];
    return user !== undefined && others.length === 0 && !this.#kept.has(value) && isAligned(user, value);
  }

  #isInlined(value: Value): boolean {
    const { op } = value.operation;
    const users = [...(this.#users.get(value) ?? [])];
    if (this.#kept.has(value) || users.some(readsMemory) || op === 'copy' || op === 'dynamicUpdate' || op === 'dynamicSlice') return false;
    const expression = this.#expression(value);
    const stretched = users.some(({ outputs }) => deviceBytes(outputs[0] as Value) >= STRETCHED * deviceBytes(value));
    if (expression.size > 1 && stretched && users.some((user) => isPointwise(user))) return false;
    return users.length <= 1 || (expression.size <= LONGEST_REPEATED && this.#isCheapToRepeat(value, users, expression));
  }

  /** Whether computing a value for each reader moves fewer bytes than writing it once. */
  #isCheapToRepeat(value: Value, users: readonly AnyOperation[], { leaves }: Expression): boolean {
    const bytes = deviceBytes(value);
    if (totalBytes(leaves) <= 1.25 * bytes) return true;
    if (this.#guess === undefined) return false;
    const inlined = users.reduce((total, user) => total + totalBytes(without(leaves, this.#readBy(user, value))), 0);
    return inlined < totalBytes(leaves) + bytes * (1 + users.length);
  }

  /** What `user` reads for its operands other than `value`. */
  #readBy(user: AnyOperation, value: Value): ReadonlySet<Value> {
    const others = operandsOf(user).filter((operand) => operand !== value);
    return union(others.map((operand) => this.#expressions.get(operand) ?? this.#guess?.get(operand) ?? this.#expression(operand))).leaves;
  }

  #expression(value: Value): Expression {
    const known = this.#expressions.get(value);
    if (known !== undefined) return known;
    return { leaves: scalarOf(value) === undefined ? new Set([value]) : new Set(), size: 0, ready: -1 };
  }

  /** Leaves `value` in memory. */
  #store(value: Value): void {
    if (isLeaf(value.operation) || this.#stored.has(value)) return;
    const { anchor } = this.#expression(value);
    const position = anchor?.position ?? value.operation.position;
    this.#stored.add(value);
    this.#expressions.set(value, { leaves: new Set([value]), size: 0, ready: position });
    const known = this.#groups.findIndex((group) => group.anchor !== undefined && group.anchor === anchor);
    const group = known < 0 ? undefined : this.#groups[known];
    if (group === undefined) this.#groups.push({ position, outputs: [value], ...(anchor === undefined ? {} : { anchor }) });
    else this.#groups[known] = { ...group, outputs: [...group.outputs, value] };
  }
}
