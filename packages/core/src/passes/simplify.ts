/**
 * Algebraic clean-up: rewrites of one node that hold for every value, NaN and infinity included (those around normalize excepted); only the
 * sign of zero and the rounding of two constant factors into one may differ.
 */
import type { AnyNode, Tensor, Trace } from '../graph/graph.ts';
import { broadcastShapes } from '../graph/infer.ts';
import { add, broadcast, mul, neg, reshape, sub, transpose } from '../ops.ts';
import { isFloat, type Shape, sameShape } from '../tensor.ts';
import { sumOfCentred, withoutOffset } from './simplify-normalize.ts';

/** A cheaper equal of `node` on `inputs`, or undefined. */
export function simplify(node: AnyNode, inputs: readonly Tensor[], trace: Trace): readonly Tensor[] | undefined {
  if (node.op === 'normalize') return withoutOffset(node, inputs[0] as Tensor);
  const result = one(node, inputs, trace);
  return result === undefined ? undefined : [result];
}

function one(node: AnyNode, inputs: readonly Tensor[], trace: Trace): Tensor | undefined {
  const [x, y] = inputs as readonly [Tensor, Tensor];
  switch (node.op) {
    case 'add':
      if (isAll(x, 0)) return stretched(y, x);
      if (isAll(y, 0)) return stretched(x, y);
      if (y.node.op === 'neg') return sub(x, y.node.inputs[0] as Tensor);
      if (x.node.op === 'neg') return sub(y, x.node.inputs[0] as Tensor);
      return unstretch(node, inputs, trace);
    case 'sub':
      if (isAll(y, 0)) return stretched(x, y);
      if (isAll(x, 0) && isFloat(y.dtype)) return stretched(neg(y), x);
      if (y.node.op === 'neg') return add(x, y.node.inputs[0] as Tensor);
      return unstretch(node, inputs, trace);
    case 'mul':
      return product(x, y) ?? product(y, x) ?? unstretch(node, inputs, trace);
    case 'div':
      return isAll(y, 1) ? stretched(x, y) : unstretch(node, inputs, trace);
    case 'min':
    case 'max':
    case 'compare':
    case 'select':
      return unstretch(node, inputs, trace);
    case 'neg':
      return x.node.op === 'neg' ? (x.node.inputs[0] as Tensor) : undefined;
    default:
      return layout(node, x);
  }
}

function layout(node: AnyNode, x: Tensor): Tensor | undefined {
  const source = x?.node.inputs[0];
  switch (node.op) {
    case 'cast':
      return node.params.dtype === x.dtype ? x : undefined;
    case 'reshape':
      if (x.node.op === 'broadcast' && source?.shape.length === 0) return broadcast(source, node.params.shape);
      return x.node.op === 'reshape' && source !== undefined ? reshape(source, node.params.shape) : whenSame(x, node.params.shape);
    case 'broadcast':
      return x.node.op === 'broadcast' && source !== undefined ? broadcast(source, node.params.shape) : whenSame(x, node.params.shape);
    case 'sum':
      return sumOfCentred(node, x) ?? whenSame(x, node.outputs[0]?.shape ?? []);
    case 'maxReduce':
    case 'slice':
      return whenSame(x, node.outputs[0]?.shape ?? []);
    case 'transpose': {
      if (x.node.op !== 'transpose' || source === undefined) return undefined;
      const inner = x.node.params.permutation;
      return transpose(
        source,
        node.params.permutation.map((axis) => inner[axis] as number),
      );
    }
    default:
      return undefined;
  }
}

const whenSame = (x: Tensor, shape: Shape) => (sameShape(x.shape, shape) ? x : undefined);

/** x * 1, and (x * c) * d with constants gathered. */
function product(x: Tensor, factor: Tensor): Tensor | undefined {
  const value = uniform(factor);
  if (value === undefined) return undefined;
  if (value === 1) return stretched(x, factor);
  if (x.node.op !== 'mul' || factor.shape.length !== 0 || !isFloat(x.dtype)) return undefined;
  const [a, b] = x.node.inputs as readonly [Tensor, Tensor];
  return gathered(a, b, value) ?? gathered(b, a, value);
}

/** rest * (inner * outer) for a scalar constant `inner`. */
function gathered(rest: Tensor, inner: Tensor, outer: number): Tensor | undefined {
  const value = inner.shape.length === 0 ? uniform(inner) : undefined;
  return value === undefined || !isNormal(value * outer) ? undefined : mul(rest, value * outer);
}

/** Whether f32 holds a number in full precision: two factors that meet outside its range are not gathered. */
const isNormal = (value: number) => Math.abs(value) >= 2 ** -126 && Math.abs(value) < 2 ** 127;

/** The value that every element of a constant, or of a stretched constant, has. */
function uniform(x: Tensor): number | undefined {
  if (x.node.op === 'broadcast') return uniform(x.node.inputs[0] as Tensor);
  if (x.node.op !== 'constant' || x.dtype === 'f16') return undefined;
  const { data } = x.node.params;
  for (const value of data) if (value !== data[0]) return undefined;
  return data[0];
}

const isAll = (x: Tensor, value: number) => uniform(x) === value;

/** `x` in the shape that it has beside `other`. */
function stretched(x: Tensor, other: Tensor): Tensor {
  return broadcast(x, broadcastShapes(x.shape, other.shape) as Shape);
}

/** Elementwise ops broadcast by themselves: drops broadcasts that the other operands make superfluous. */
function unstretch(node: AnyNode, inputs: readonly Tensor[], trace: Trace): Tensor | undefined {
  const target = node.outputs[0] as Tensor;
  const slim = [...inputs];
  for (const [k, input] of inputs.entries()) {
    if (input.node.op !== 'broadcast') continue;
    const kept = slim.map((tensor, at) => (at === k ? (input.node.inputs[0] as Tensor) : tensor));
    const shape = kept.reduce<Shape>((stretch, { shape }) => broadcastShapes(stretch, shape) as Shape, []);
    if (sameShape(shape, target.shape)) slim[k] = kept[k] as Tensor;
  }
  return slim.some((tensor, k) => tensor !== inputs[k]) ? trace.emit(node.op, slim, node.params)[0] : undefined;
}
