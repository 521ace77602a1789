/**
 * Makers of node attributes, so that a lowering reads `{ axis: int(1), alpha: float(0.2) }`.
 */
import type { OnnxAttribute } from '@cyclegan/formats';

/** A whole number. */
export function int(value: number): OnnxAttribute {
  return { type: 'int', value };
}

/** A list of whole numbers. */
export function ints(value: readonly number[]): OnnxAttribute {
  return { type: 'ints', value };
}

/** A floating-point number. */
export function float(value: number): OnnxAttribute {
  return { type: 'float', value };
}

/** A string. */
export function text(value: string): OnnxAttribute {
  return { type: 'string', value };
}
