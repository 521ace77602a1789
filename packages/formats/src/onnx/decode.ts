/**
 * Protobuf bytes -> ONNX model, for tests and tools: the part of onnx.proto3 that OnnxModel can say. Fields it cannot say
 * without loss of meaning (subgraphs, external data, other element types) are refused, the rest is skipped.
 */
import { Reader } from 'protobufjs/minimal.js';
import { aligned } from '../bytes.ts';
import { FormatError } from '../errors.ts';
import type { OnnxAttribute, OnnxData, OnnxDim, OnnxDType, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './model.ts';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPES,
  DIM,
  dtypeOf,
  ELEMENT_TYPES,
  GRAPH,
  MODEL,
  NODE,
  OPSET,
  SHAPE,
  STRING_ENTRY,
  TENSOR,
  TENSOR_TYPE,
  TYPE,
  VALUE_INFO,
} from './proto.ts';

type Handlers = Readonly<Record<number, (reader: Reader, wireType: number) => void>>;

const DELIMITED = 2;

/** A model from the bytes of its file, weights as views where their alignment allows; throws FormatError when it is not ONNX or says more than OnnxModel can. */
export function decodeOnnxModel(bytes: Uint8Array): OnnxModel {
  try {
    return readModel(bytes);
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`Not an ONNX model, or cut off: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function readModel(bytes: Uint8Array): OnnxModel {
  let irVersion = 0;
  let producer = '';
  let graph: Omit<OnnxModel, 'irVersion'> | undefined;
  const opsets: [string, number][] = [];
  const metadata: [string, string][] = [];
  readFields(bytes, {
    [MODEL.irVersion]: (reader) => {
      irVersion = readInt64(reader);
    },
    [MODEL.producer]: (reader) => {
      producer = reader.string();
    },
    [MODEL.graph]: (reader) => {
      graph = readGraph(reader.bytes());
    },
    [MODEL.opset]: (reader) => opsets.push(readOpset(reader.bytes())),
    [MODEL.metadata]: (reader) => metadata.push(readStringEntry(reader.bytes())),
  });
  if (!graph) throw new FormatError('Not an ONNX model, or cut off: it has no graph.');
  return { ...graph, irVersion, producer, opsets: Object.fromEntries(opsets), metadata: Object.fromEntries(metadata) };
}

function readOpset(bytes: Uint8Array): [string, number] {
  let domain = '';
  let version = 0;
  readFields(bytes, {
    [OPSET.domain]: (reader) => {
      domain = reader.string();
    },
    [OPSET.version]: (reader) => {
      version = readInt64(reader);
    },
  });
  return [domain, version];
}

function readStringEntry(bytes: Uint8Array): [string, string] {
  let key = '';
  let value = '';
  readFields(bytes, {
    [STRING_ENTRY.key]: (reader) => {
      key = reader.string();
    },
    [STRING_ENTRY.value]: (reader) => {
      value = reader.string();
    },
  });
  return [key, value];
}

function readGraph(bytes: Uint8Array): Omit<OnnxModel, 'irVersion'> {
  let name = '';
  const inputs: OnnxValue[] = [];
  const outputs: OnnxValue[] = [];
  const initializers: OnnxTensor[] = [];
  const nodes: OnnxNode[] = [];
  readFields(bytes, {
    [GRAPH.name]: (reader) => {
      name = reader.string();
    },
    [GRAPH.node]: (reader) => nodes.push(readNode(reader.bytes())),
    [GRAPH.initializer]: (reader) => initializers.push(readTensor(reader.bytes())),
    [GRAPH.input]: (reader) => inputs.push(readValue(reader.bytes())),
    [GRAPH.output]: (reader) => outputs.push(readValue(reader.bytes())),
  });
  return { name, inputs, outputs, initializers, nodes };
}

function readNode(bytes: Uint8Array): OnnxNode {
  let opType = '';
  let domain = '';
  let name = '';
  const inputs: string[] = [];
  const outputs: string[] = [];
  const attributes: [string, OnnxAttribute][] = [];
  readFields(bytes, {
    [NODE.input]: (reader) => inputs.push(reader.string()),
    [NODE.output]: (reader) => outputs.push(reader.string()),
    [NODE.name]: (reader) => {
      name = reader.string();
    },
    [NODE.opType]: (reader) => {
      opType = reader.string();
    },
    [NODE.domain]: (reader) => {
      domain = reader.string();
    },
    [NODE.attribute]: (reader) => attributes.push(readAttribute(reader.bytes())),
  });
  return { opType, domain, name, inputs, outputs, attributes: Object.fromEntries(attributes) };
}

function readAttribute(bytes: Uint8Array): [string, OnnxAttribute] {
  let name = '';
  let type = 0;
  let int = 0;
  let float = 0;
  let text = '';
  let tensor: OnnxTensor | undefined;
  const ints: number[] = [];
  const floats: number[] = [];
  readFields(bytes, {
    [ATTRIBUTE.name]: (reader) => {
      name = reader.string();
    },
    [ATTRIBUTE.type]: (reader) => {
      type = reader.int32();
    },
    [ATTRIBUTE.int]: (reader) => {
      int = readInt64(reader);
    },
    [ATTRIBUTE.float]: (reader) => {
      float = reader.float();
    },
    [ATTRIBUTE.string]: (reader) => {
      text = reader.string();
    },
    [ATTRIBUTE.tensor]: (reader) => {
      tensor = readTensor(reader.bytes());
    },
    [ATTRIBUTE.ints]: (reader, wireType) => readList(reader, wireType, ints, readInt64),
    [ATTRIBUTE.floats]: (reader, wireType) => readList(reader, wireType, floats, (item) => item.float()),
  });
  if (type === ATTRIBUTE_TYPES.int) return [name, { type: 'int', value: int }];
  if (type === ATTRIBUTE_TYPES.float) return [name, { type: 'float', value: float }];
  if (type === ATTRIBUTE_TYPES.string) return [name, { type: 'string', value: text }];
  if (type === ATTRIBUTE_TYPES.ints) return [name, { type: 'ints', value: ints }];
  if (type === ATTRIBUTE_TYPES.floats) return [name, { type: 'floats', value: floats }];
  if (type === ATTRIBUTE_TYPES.tensor && tensor) return [name, { type: 'tensor', value: tensor }];
  throw new FormatError(
    `ONNX attribute '${name}': type ${type} is not supported; supported are ${Object.keys(ATTRIBUTE_TYPES).join(', ')}.`,
  );
}

function readValue(bytes: Uint8Array): OnnxValue {
  let name = '';
  let code = 0;
  let shape: OnnxDim[] | undefined;
  const readTensorType: Handlers = {
    [TENSOR_TYPE.elementType]: (reader) => {
      code = reader.int32();
    },
    [TENSOR_TYPE.shape]: (reader) => {
      shape = readShape(reader.bytes());
    },
  };
  readFields(bytes, {
    [VALUE_INFO.name]: (reader) => {
      name = reader.string();
    },
    [VALUE_INFO.type]: (reader) => readFields(reader.bytes(), { [TYPE.tensor]: (inner) => readFields(inner.bytes(), readTensorType) }),
  });
  const dtype = dtypeOf(code, `ONNX value '${name}'`);
  if (!shape) throw new FormatError(`ONNX value '${name}' has no shape; expected one, symbolic extents included.`);
  return { name, dtype, shape };
}

function readShape(bytes: Uint8Array): OnnxDim[] {
  const shape: OnnxDim[] = [];
  readFields(bytes, {
    [SHAPE.dim]: (reader) => {
      let dim: OnnxDim = '';
      readFields(reader.bytes(), {
        [DIM.value]: (inner) => {
          dim = readInt64(inner);
        },
        [DIM.param]: (inner) => {
          dim = inner.string();
        },
      });
      shape.push(dim);
    },
  });
  return shape;
}

function readTensor(bytes: Uint8Array): OnnxTensor {
  let name = '';
  let code = 0;
  let location = 0;
  let raw: Uint8Array | undefined;
  const dims: number[] = [];
  const numbers: number[] = [];
  const typed = (read: (item: Reader) => number) => (reader: Reader, wireType: number) => readList(reader, wireType, numbers, read);
  readFields(bytes, {
    [TENSOR.dims]: (reader, wireType) => readList(reader, wireType, dims, readInt64),
    [TENSOR.dtype]: (reader) => {
      code = reader.int32();
    },
    [TENSOR.name]: (reader) => {
      name = reader.string();
    },
    [TENSOR.raw]: (reader) => {
      raw = reader.bytes();
    },
    [TENSOR.dataLocation]: (reader) => {
      location = reader.int32();
    },
    [TENSOR.floats]: typed((item) => item.float()),
    [TENSOR.doubles]: typed((item) => item.double()),
    [TENSOR.int32s]: typed((item) => item.int32()),
    [TENSOR.int64s]: typed(readInt64),
  });
  const what = `ONNX tensor '${name}'`;
  if (location !== 0) throw new FormatError(`${what} keeps its data in another file; save the model with its data inside.`);
  const dtype = dtypeOf(code, what);
  const data = raw ? fromRaw(dtype, raw, what) : fromNumbers(dtype, numbers);
  const size = dims.reduce((product, extent) => product * extent, 1);
  if (data.length !== size) throw new FormatError(`${what}: dims [${dims.join(', ')}] need ${size} elements, got ${data.length}.`);
  return { name, dtype, dims, data };
}

function fromRaw(dtype: OnnxDType, raw: Uint8Array, what: string): OnnxData {
  const { array } = ELEMENT_TYPES[dtype];
  const unit = array.BYTES_PER_ELEMENT;
  if (raw.length % unit !== 0) throw new FormatError(`${what}: ${raw.length} bytes of data are no whole number of ${dtype} elements.`);
  const { buffer, byteOffset } = aligned(raw, unit);
  return new array(buffer, byteOffset, raw.length / unit);
}

/** Data from the typed lists that some exporters use instead of raw bytes. */
function fromNumbers(dtype: OnnxDType, numbers: readonly number[]): OnnxData {
  if (dtype === 'int64') return BigInt64Array.from(numbers, BigInt);
  const { array } = ELEMENT_TYPES[dtype];
  const data = new array(new ArrayBuffer(numbers.length * array.BYTES_PER_ELEMENT));
  if (!(data instanceof BigInt64Array)) data.set(numbers);
  return data;
}

/** Hands every field of a message to its handler and skips those that have none. */
function readFields(bytes: Uint8Array, handlers: Handlers): void {
  const reader = new Reader(bytes);
  while (reader.pos < reader.len) {
    const tag = reader.tag();
    const handler = handlers[tag >>> 3];
    if (handler) handler(reader, tag & 7);
    else reader.skipType(tag & 7);
  }
}

/** A repeated number: packed into one field, or one field each. */
function readList(reader: Reader, wireType: number, list: number[], read: (reader: Reader) => number): void {
  if (wireType !== DELIMITED) {
    list.push(read(reader));
    return;
  }
  const packed = new Reader(reader.bytes());
  while (packed.pos < packed.len) list.push(read(packed));
}

function readInt64(reader: Reader): number {
  const value = Number(reader.int64().toString());
  if (!Number.isSafeInteger(value))
    throw new FormatError(`The ONNX model has the integer ${value}, which a JavaScript number cannot hold exactly.`);
  return value;
}
