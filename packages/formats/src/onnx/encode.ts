/**
 * ONNX model -> protobuf bytes. Nodes are small and go through one protobuf writer; weights are large and are passed on as
 * views, so that they are copied once, into the result, or not at all when the chunks go straight to a file.
 */
import { Writer } from 'protobufjs/minimal.js';
import { bytesOf, concatBytes, totalLength } from '../bytes.ts';
import { FormatError } from '../errors.ts';
import { bytes, message, startMessage, string, tag, WIRE } from '../protobuf-writer.ts';
import type { OnnxAttribute, OnnxModel, OnnxNode, OnnxTensor, OnnxValue } from './model.ts';
import {
  ATTRIBUTE,
  ATTRIBUTE_TYPES,
  DIM,
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

/** Protobuf's own limit: a message has less than 2 GiB. */
const MAX_BYTES = 2 ** 31 - 1;

/** Bytes of a model file; throws FormatError when a tensor's data does not fit its dims, a number is no int64, or the file would reach 2 GiB. */
export function encodeOnnxModel(model: OnnxModel): Uint8Array {
  return concatBytes(onnxModelChunks(model));
}

/** The same file in pieces, weights as views of the initializers' data; throws like encodeOnnxModel. */
export function onnxModelChunks(model: OnnxModel): Uint8Array[] {
  const { irVersion = 10, opsets = { '': 21 }, producer = 'cyclegan', metadata = {} } = model;
  const writer = new Writer();
  int64(writer, MODEL.irVersion, irVersion);
  string(writer, MODEL.producer, producer);
  for (const [domain, version] of Object.entries(opsets)) {
    message(writer, MODEL.opset, () => {
      string(writer, OPSET.domain, domain);
      int64(writer, OPSET.version, version);
    });
  }
  for (const [key, value] of Object.entries(metadata)) {
    message(writer, MODEL.metadata, () => {
      string(writer, STRING_ENTRY.key, key);
      string(writer, STRING_ENTRY.value, value);
    });
  }
  const graph = graphChunks(model);
  const length = totalLength(graph);
  if (writer.pos + length > MAX_BYTES - 16) {
    throw new FormatError(
      `The ONNX file would have ${writer.pos + length} bytes; protobuf allows 2 GiB: feed the largest weights as inputs.`,
    );
  }
  startMessage(writer, MODEL.graph, length);
  return [writer.finish(), ...graph];
}

function graphChunks(model: OnnxModel): Uint8Array[] {
  const writer = new Writer();
  for (const node of model.nodes) message(writer, GRAPH.node, () => writeNode(writer, node));
  string(writer, GRAPH.name, model.name ?? 'graph');
  for (const value of model.inputs) message(writer, GRAPH.input, () => writeValue(writer, value));
  for (const value of model.outputs) message(writer, GRAPH.output, () => writeValue(writer, value));
  return [writer.finish(), ...model.initializers.flatMap(initializerChunks)];
}

function initializerChunks(tensor: OnnxTensor): Uint8Array[] {
  const head = new Writer();
  const raw = tensorBytes(tensor);
  writeTensorHead(head, tensor);
  startMessage(head, TENSOR.raw, raw.length);
  const prefix = new Writer();
  startMessage(prefix, GRAPH.initializer, head.pos + raw.length);
  return [prefix.finish(), head.finish(), raw];
}

function writeNode(writer: Writer, node: OnnxNode): void {
  for (const input of node.inputs) string(writer, NODE.input, input);
  for (const output of node.outputs) string(writer, NODE.output, output);
  if (node.name) string(writer, NODE.name, node.name);
  string(writer, NODE.opType, node.opType);
  if (node.domain) string(writer, NODE.domain, node.domain);
  for (const [name, attribute] of Object.entries(node.attributes ?? {})) {
    message(writer, NODE.attribute, () => {
      string(writer, ATTRIBUTE.name, name);
      writeAttribute(writer, attribute);
      int64(writer, ATTRIBUTE.type, ATTRIBUTE_TYPES[attribute.type]);
    });
  }
}

function writeAttribute(writer: Writer, attribute: OnnxAttribute): void {
  switch (attribute.type) {
    case 'int':
      int64(writer, ATTRIBUTE.int, attribute.value);
      break;
    case 'float':
      writer.uint32(tag(ATTRIBUTE.float, WIRE.fixed32)).float(attribute.value);
      break;
    case 'string':
      string(writer, ATTRIBUTE.string, attribute.value);
      break;
    case 'ints':
      int64s(writer, ATTRIBUTE.ints, attribute.value);
      break;
    case 'floats':
      message(writer, ATTRIBUTE.floats, () => {
        for (const value of attribute.value) writer.float(value);
      });
      break;
    case 'tensor':
      message(writer, ATTRIBUTE.tensor, () => {
        writeTensorHead(writer, attribute.value);
        bytes(writer, TENSOR.raw, tensorBytes(attribute.value));
      });
  }
}

function writeValue(writer: Writer, value: OnnxValue): void {
  string(writer, VALUE_INFO.name, value.name);
  message(writer, VALUE_INFO.type, () =>
    message(writer, TYPE.tensor, () => {
      int64(writer, TENSOR_TYPE.elementType, ELEMENT_TYPES[value.dtype].code);
      // An empty shape is written too: it says scalar, no shape says unknown.
      message(writer, TENSOR_TYPE.shape, () => {
        for (const dim of value.shape) {
          message(writer, SHAPE.dim, () => (typeof dim === 'number' ? int64(writer, DIM.value, dim) : string(writer, DIM.param, dim)));
        }
      });
    }),
  );
}

/** All of a TensorProto but its data. */
function writeTensorHead(writer: Writer, tensor: OnnxTensor): void {
  int64s(writer, TENSOR.dims, tensor.dims);
  int64(writer, TENSOR.dtype, ELEMENT_TYPES[tensor.dtype].code);
  if (tensor.name) string(writer, TENSOR.name, tensor.name);
}

function tensorBytes({ name, dtype, dims, data }: OnnxTensor): Uint8Array {
  const { array } = ELEMENT_TYPES[dtype];
  if (!(data instanceof array))
    throw new FormatError(`ONNX tensor '${name}': ${dtype} data must be a ${array.name}, got ${data.constructor.name}.`);
  const size = dims.reduce((product, extent) => product * extent, 1);
  if (data.length !== size)
    throw new FormatError(`ONNX tensor '${name}': dims [${dims.join(', ')}] need ${size} elements, got ${data.length}.`);
  return bytesOf(data);
}

function int64(writer: Writer, field: number, value: number): void {
  writer.uint32(tag(field, WIRE.varint)).int64(checkInt64(value));
}

function int64s(writer: Writer, field: number, values: readonly number[]): void {
  message(writer, field, () => {
    for (const value of values) writer.int64(checkInt64(value));
  });
}

function checkInt64(value: number): number {
  if (!Number.isSafeInteger(value)) throw new FormatError(`ONNX integers must be whole numbers below 2^53, got ${value}.`);
  return value;
}
