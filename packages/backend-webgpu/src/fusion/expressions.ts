/** What is known of a value that is computed where it is read: how large its expression is, and what it reads. */
import { sizeOf } from '@cyclegan/core';
import { type AnyOperation, deviceBytes, isElementwise, type Value } from '../ir/operation.ts';
import type { Anchor } from './group.ts';

/** A value as an expression of values in memory. */
export interface Expression {
  /** Values in memory that it reads. */
  readonly leaves: ReadonlySet<Value>;
  /** Operations in it. */
  readonly size: number;
  /** Position of the last group that it waits for. */
  readonly ready: number;
  /** The anchor whose result it works on while that is at hand. */
  readonly anchor?: Anchor;
}

/** Bytes of all values. */
export function totalBytes(values: Iterable<Value>): number {
  let bytes = 0;
  for (const value of values) bytes += deviceBytes(value);
  return bytes;
}

/** Everything in `values` that is not in `others`. */
export function without(values: ReadonlySet<Value>, others: ReadonlySet<Value>): Value[] {
  return [...values].filter((value) => !others.has(value));
}

/** Whether `operation` works on `operand` element by element, each at its own place in memory. */
export function isAligned(operation: AnyOperation, operand: Value): boolean {
  return isElementwise(operation) && sizeOf((operation.outputs[0] as Value).shape) === sizeOf(operand.shape);
}

/** Several expressions as one. */
export function union(expressions: readonly Expression[]): Expression {
  return {
    leaves: new Set(expressions.flatMap(({ leaves }) => [...leaves])),
    size: expressions.reduce((total, { size }) => total + size, 0),
    ready: Math.max(-1, ...expressions.map(({ ready }) => ready)),
  };
}
