/**
 * Values as WGSL expressions: read from memory where they lie there, and otherwise written out of what they are made of, down to what lies in
 * memory. Knows every pointwise operation and no kernel.
 */
import { BackendError, sizeOf } from '@cyclegan/core';
import {
  type AnyOperation,
  baseOf,
  type ElementwiseName,
  isElementwise,
  isLeaf,
  isMovement,
  type Operation,
  scalarOf,
  type Value,
} from '../ir/operation.ts';
import { Bindings } from './bindings.ts';
import type { Code } from './code.ts';
import { elementwise, number } from './elementwise.ts';
import { type Index, lanesOf } from './index-map.ts';
import { movement } from './movement.ts';
import { registerType, type Width } from './types.ts';

/** What expressions are written with. */
export interface ExpressionContext {
  readonly code: Code;
  readonly bindings: Bindings;
  /** Whether a base value is read from memory. */
  readonly isRead: (value: Value) => boolean;
}

/** Writes the expressions of one kernel. */
export class Expressions {
  readonly #context: ExpressionContext;
  readonly #given = new Map<Value, string>();

  constructor(context: ExpressionContext) {
    this.#context = context;
  }

  /** From now on `value`, wherever it is asked for, is what `name` holds. */
  give(value: Value, name: string): void {
    this.#given.set(value, name);
  }

  /** A name or literal for a value at a position; at width 4, for four neighbours. */
  at(value: Value, index: Index): string {
    const base = baseOf(value);
    const given = this.#given.get(base);
    if (given !== undefined) return given;
    const { code } = this.#context;
    const scalar = scalarOf(base);
    if (scalar !== undefined) return number(scalar, base.dtype, { code, width: index.width });
    const own = base === value ? index : index.reshaped(base.shape);
    return code.once(`${base.id} at ${own.key}`, () => code.let(this.#written(base, own)));
  }

  #written(base: Value, index: Index): string {
    const { operation } = base;
    if (isLeaf(operation) || this.#context.isRead(base)) {
      const place = index.width === 4 ? index.quad : index.place;
      return this.#context.bindings.load(base, place, index.width);
    }
    if (isElementwise(operation)) return this.#elementwise(operation, base, index);
    if (isMovement(operation)) {
      const mover = { code: this.#context.code, at: (value: Value, at: Index) => this.at(value, at) };
      // at width 4 only stretching comes here
      return operation.op === 'broadcast' ? this.#operand(operation.inputs[0] as Value, index) : movement(mover, operation, index);
    }
    throw new BackendError(`webgpu: ${operation.op} in ${operation.scope || 'the graph'} is read before it is computed; verify the graph.`);
  }

  #elementwise(operation: Operation<ElementwiseName>, { dtype }: Value, index: Index): string {
    const operands = operation.inputs.map((operand) => this.#operand(operand, index));
    // select's operands are those after its condition
    const from = (operation.inputs.at(-1) as Value).dtype;
    return elementwise(operation, operands, { code: this.#context.code, width: index.width, from, to: dtype });
  }

  /** An operand stretched to the element, or four, at `index`. */
  #operand(operand: Value, index: Index): string {
    const stretched = index.stretched(operand.shape);
    const text = this.at(operand, stretched);
    if (stretched.width === index.width || scalarOf(baseOf(operand)) !== undefined) {
      return stretched.width === index.width
        ? text
        : number(scalarOf(baseOf(operand)) as number, operand.dtype, { code: this.#context.code, width: index.width });
    }
    return this.#context.code.let(`${registerType(operand.dtype, index.width)}(${text})`);
  }
}

/** How wide elements of `outputs` can be computed: by fours where all that they are made of can be read by fours, or is the same for all four. */
export function widthOf(outputs: readonly Value[], isRead: (value: Value) => boolean): Width {
  const lanes = new Map<Value, Width>();
  const fits = (value: Value, width: Width): boolean => {
    const base = baseOf(value);
    if (scalarOf(base) !== undefined) return true;
    const known = lanes.get(base);
    if (known !== undefined) return known === width;
    lanes.set(base, width);
    if (width === 4 && !Bindings.hasQuads(base)) return false;
    if (isLeaf(base.operation) || isRead(base)) return true;
    if (width === 1) return isSingle(base.operation) && base.operation.inputs.every((operand) => fits(operand, 1));
    return isWalked(base.operation) && base.operation.inputs.every((operand) => fitsStretched(operand, base, fits));
  };
  return outputs.every((output) => fits(output, 4)) ? 4 : 1;
}

const isWalked = (operation: AnyOperation) => isElementwise(operation) || operation.op === 'broadcast';

/** What is computed once for four elements may be anything that has no results of its own in the kernel. */
const isSingle = (operation: AnyOperation) => isElementwise(operation) || isMovement(operation);

function fitsStretched(operand: Value, { shape }: Value, fits: (value: Value, width: Width) => boolean): boolean {
  if (sizeOf(operand.shape) === sizeOf(shape)) return fits(operand, 4);
  const lanes = sizeOf(operand.shape) === 1 ? 'same' : lanesOf(shape, operand.shape);
  return lanes !== undefined && fits(operand, lanes === 'same' ? 1 : 4);
}
