/** Every op case. Forward parity, gradient checks, shape inference, the coverage table and benches are loops over this list. */
import type { AnyOpCase } from './op-case.ts';
import { COMPOSITE_CASES } from './op-cases-composite.ts';
import { CONV_CASES } from './op-cases-conv.ts';
import { ELEMENTWISE_CASES } from './op-cases-elementwise.ts';
import { SHAPE_CASES } from './op-cases-shape.ts';

/** All cases, at least one for each op. */
export const OP_CASES: readonly AnyOpCase[] = [...ELEMENTWISE_CASES, ...SHAPE_CASES, ...CONV_CASES, ...COMPOSITE_CASES];
