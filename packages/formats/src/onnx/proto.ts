/**
 * Field numbers and codes of onnx.proto3 (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3): the part of the schema
 * that the writer and the reader share.
 */
import { FormatError } from '../errors.ts';
import type { OnnxData, OnnxDType } from './model.ts';

export const MODEL = { irVersion: 1, producer: 2, graph: 7, opset: 8, metadata: 14 } as const;
export const OPSET = { domain: 1, version: 2 } as const;
export const STRING_ENTRY = { key: 1, value: 2 } as const;
export const GRAPH = { node: 1, name: 2, initializer: 5, input: 11, output: 12 } as const;
export const NODE = { input: 1, output: 2, name: 3, opType: 4, attribute: 5, domain: 7 } as const;
export const ATTRIBUTE = { name: 1, float: 2, int: 3, string: 4, tensor: 5, floats: 7, ints: 8, type: 20 } as const;
export const VALUE_INFO = { name: 1, type: 2 } as const;
export const TYPE = { tensor: 1 } as const;
export const TENSOR_TYPE = { elementType: 1, shape: 2 } as const;
export const SHAPE = { dim: 1 } as const;
export const DIM = { value: 1, param: 2 } as const;
export const TENSOR = { dims: 1, dtype: 2, floats: 4, int32s: 5, int64s: 7, name: 8, raw: 9, doubles: 10, dataLocation: 14 } as const;

/** AttributeProto.AttributeType. */
export const ATTRIBUTE_TYPES = { float: 1, int: 2, string: 3, tensor: 4, floats: 6, ints: 7 } as const;

interface ElementType {
  /** TensorProto.DataType. */
  readonly code: number;
  readonly array: {
    readonly BYTES_PER_ELEMENT: number;
    new (buffer: ArrayBufferLike, byteOffset?: number, length?: number): OnnxData;
  };
}

/** Code and array of each element type. */
export const ELEMENT_TYPES: Readonly<Record<OnnxDType, ElementType>> = {
  float32: { code: 1, array: Float32Array },
  int32: { code: 6, array: Int32Array },
  int64: { code: 7, array: BigInt64Array },
  bool: { code: 9, array: Uint8Array },
  float16: { code: 10, array: Uint16Array },
  float64: { code: 11, array: Float64Array },
};

const DTYPES = Object.keys(ELEMENT_TYPES) as OnnxDType[];

/** Element type of a TensorProto.DataType; throws FormatError, opening with `what`, for one that is not supported. */
export function dtypeOf(code: number, what: string): OnnxDType {
  const dtype = DTYPES.find((candidate) => ELEMENT_TYPES[candidate].code === code);
  if (!dtype) throw new FormatError(`${what}: ONNX element type ${code} is not supported; supported are ${DTYPES.join(', ')}.`);
  return dtype;
}
