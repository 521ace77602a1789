/** The oracle of every op that cases test; forgetting one does not compile. */
import type { HostTensor } from '../../tensor.ts';
import { type AnyOpCase, inputsOf, type TestedOp } from '../op-case.ts';
import { compositeOracles } from './composites.ts';
import { convolutionOracles } from './convolution.ts';
import { elementwiseOracles } from './elementwise.ts';
import { fieldOf, type Oracle } from './index-notation.ts';
import { shapeOracles } from './shape.ts';

const ORACLES: { readonly [K in TestedOp]: Oracle<K> } = {
  ...shapeOracles,
  ...elementwiseOracles,
  ...convolutionOracles,
  ...compositeOracles,
};

/** Every op that has an oracle, and so needs cases. */
export const TESTED_OPS = Object.keys(ORACLES) as readonly TestedOp[];

/** What the op of a case makes of its inputs, by definition and in f64. */
export function expectedOutputs(opCase: AnyOpCase): readonly HostTensor[] {
  return (ORACLES[opCase.op] as Oracle<TestedOp>)(inputsOf(opCase).map(fieldOf), opCase.params);
}
