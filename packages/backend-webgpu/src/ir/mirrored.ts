/** Pictures that convolutions read as if they were padded by reflection: the padded picture is never made. */
import { baseOf, type Value } from './operation.ts';

/** A picture in memory, and how far its mirror images reach beyond it: top, bottom, left, right. */
export interface Picture {
  readonly source: Value;
  readonly mirrored: readonly [top: number, bottom: number, left: number, right: number];
}

/** What a convolution reads for its operand `x`: the picture itself, or the one that `x` pads by reflection. */
export function pictureOf(x: Value): Picture {
  const { operation } = x;
  if (operation.op !== 'reflectPad') return { source: x, mirrored: [0, 0, 0, 0] };
  return { source: operation.inputs[0] as Value, mirrored: operation.params.padding };
}

/** Whether `operand` of an operation is read as a picture. */
function isPicture(op: string, operand: number): boolean {
  return operand === 0 && (op === 'conv2d' || op === 'conv2dWeightGrad');
}

/** The values in memory that a convolution or product reads for its operands. */
export function storedOperand(op: string, operand: number, value: Value): Value {
  return baseOf(isPicture(op, operand) ? pictureOf(value).source : value);
}
