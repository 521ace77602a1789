/**
 * An ONNX model as plain data: what the writer takes and the reader returns. Knows the names of onnx.proto3, not its bytes,
 * and nothing of what the operators mean.
 */

/** Element types of values and tensors. */
export type OnnxDType = 'float32' | 'float16' | 'float64' | 'int32' | 'int64' | 'bool';

/** The arrays that hold a tensor's elements: `float16` as raw bits, `bool` as 0 and 1. */
export type OnnxData = Float32Array | Uint16Array | Float64Array | Int32Array | BigInt64Array | Uint8Array;

/** A number, or the name of an extent that is only known when the model runs. */
export type OnnxDim = number | string;

/** A graph's input or output. */
export interface OnnxValue {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly shape: readonly OnnxDim[];
}

/** A constant. */
export interface OnnxTensor {
  readonly name: string;
  readonly dtype: OnnxDType;
  readonly dims: readonly number[];
  readonly data: OnnxData;
}

/** A node's attribute; ints are safe integers, a tensor's name may be empty. */
export type OnnxAttribute =
  | { readonly type: 'int'; readonly value: number }
  | { readonly type: 'float'; readonly value: number }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'ints'; readonly value: readonly number[] }
  | { readonly type: 'floats'; readonly value: readonly number[] }
  | { readonly type: 'tensor'; readonly value: OnnxTensor };

/** An operator applied to named values; an empty input name is an optional input left out. */
export interface OnnxNode {
  readonly opType: string;
  /** Operator set; `''`, the default, is ONNX's own. */
  readonly domain?: string;
  readonly name?: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes?: Readonly<Record<string, OnnxAttribute>>;
}

/** A model: nodes in an order in which every value is defined before it is used. */
export interface OnnxModel {
  readonly inputs: readonly OnnxValue[];
  readonly outputs: readonly OnnxValue[];
  readonly initializers: readonly OnnxTensor[];
  readonly nodes: readonly OnnxNode[];
  /** Name of the graph. */
  readonly name?: string;
  readonly producer?: string;
  /** Version of the file format; 10 unless given. */
  readonly irVersion?: number;
  /** Operator set versions by domain; `{ '': 21 }` unless given. */
  readonly opsets?: Readonly<Record<string, number>>;
  /** Free text that travels with the model. */
  readonly metadata?: Readonly<Record<string, string>>;
}
