/** Graphs and tensors in f16: numbers and their bits, and graphs of op cases with f16 in the place of f32, on inputs that an oracle in f64 can start from as well. */
import { type AnyNode, type Graph, type Tensor, type Trace, trace } from '../graph/graph.ts';
import { type HostTensor, isFloat } from '../tensor.ts';

/** Largest number and least exponent of f16, and the bits of its fraction. */
const LARGEST = 65504;
const LEAST_EXPONENT = -14;
const FRACTION = 10;

/** The number of f16 nearest to `value`, of two the one with an even fraction; infinite beyond its range. */
export function roundToHalf(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  const size = Math.abs(value);
  const unit = 2 ** (Math.max(Math.floor(Math.log2(size)), LEAST_EXPONENT) - FRACTION);
  const rounded = roundToEven(size / unit) * unit;
  return Math.sign(value) * (rounded > LARGEST ? Number.POSITIVE_INFINITY : rounded);
}

function roundToEven(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
}

/** The bits of a number that f16 holds. */
export function toHalfBits(value: number): number {
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (Number.isNaN(value)) return 0x7e00;
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  if (size < 2 ** LEAST_EXPONENT) return sign | (size * 2 ** (FRACTION - LEAST_EXPONENT));
  const exponent = Math.floor(Math.log2(size));
  return sign | ((exponent - LEAST_EXPONENT + 1) << FRACTION) | (size * 2 ** (FRACTION - exponent) - 2 ** FRACTION);
}

/** The number that f16 has some bits for. */
export function fromHalfBits(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> FRACTION) & 0x1f;
  const fraction = bits & (2 ** FRACTION - 1);
  if (exponent === 0x1f) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  const unit = 2 ** (Math.max(exponent, 1) + LEAST_EXPONENT - 1 - FRACTION);
  return sign * (exponent === 0 ? fraction : fraction + 2 ** FRACTION) * unit;
}

/** A float tensor's numbers rounded to f16, others as they are. */
export function rounded(tensor: HostTensor): HostTensor {
  return isFloat(tensor.dtype) ? { ...tensor, data: Float64Array.from(tensor.data, roundToHalf) } : tensor;
}

/** An f32 tensor as f16, others as they are. */
export function narrowed(tensor: HostTensor): HostTensor {
  const { shape, dtype, data } = tensor;
  return dtype === 'f32' ? { shape, dtype: 'f16', data: Uint16Array.from(data, (value) => toHalfBits(roundToHalf(value))) } : tensor;
}

/** An f16 tensor as f32, others as they are. */
export function widened(tensor: HostTensor): HostTensor {
  const { shape, dtype, data } = tensor;
  return dtype === 'f16' ? { shape, dtype: 'f32', data: Float64Array.from(data, fromHalfBits) } : tensor;
}

/** The graph of an op case with f16 in the place of f32 throughout, inputs and outputs included. */
export function inHalf(graph: Graph): Graph {
  return trace((recorder) => {
    const replaced = new Map<Tensor, Tensor>();
    for (const node of graph.nodes) {
      const operands = node.inputs.map((input) => replaced.get(input) as Tensor);
      const outputs = halfNode(node, operands, recorder);
      node.outputs.forEach((output, k) => {
        replaced.set(output, outputs[k] as Tensor);
      });
    }
    for (const [name, output] of graph.outputs) recorder.output(name, replaced.get(output) as Tensor);
  });
}

function halfNode(node: AnyNode, operands: readonly Tensor[], recorder: Trace): readonly Tensor[] {
  const dtype = 'dtype' in node.params && node.params.dtype === 'f32' ? 'f16' : undefined;
  if (dtype === undefined) return recorder.emit(node.op, operands, node.params as never);
  if (node.op === 'input') return [recorder.input(node.params.name, node.params.shape, dtype)];
  if (node.op === 'constant') return [recorder.constant(narrowed(node.params))];
  return recorder.emit(node.op, operands, { ...node.params, dtype } as never);
}
