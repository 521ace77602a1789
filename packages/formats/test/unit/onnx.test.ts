import { describe, expect, it } from 'vitest';
import { FormatError } from '../../src/errors.ts';
import { decodeOnnxModel } from '../../src/onnx/decode.ts';
import { encodeOnnxModel, onnxModelChunks } from '../../src/onnx/encode.ts';
import type { OnnxAttribute, OnnxModel, OnnxTensor } from '../../src/onnx/model.ts';

const EMPTY: OnnxModel = { inputs: [], outputs: [], initializers: [], nodes: [] };

const TENSORS: readonly OnnxTensor[] = [
  { name: 'f32', dtype: 'float32', dims: [2, 2], data: Float32Array.of(1, -2, Number.NaN, 1e-40) },
  { name: 'f16', dtype: 'float16', dims: [1], data: Uint16Array.of(0x3c00) },
  { name: 'f64', dtype: 'float64', dims: [], data: Float64Array.of(Math.PI) },
  { name: 'i32', dtype: 'int32', dims: [2], data: Int32Array.of(-1, 7) },
  { name: 'i64', dtype: 'int64', dims: [2], data: BigInt64Array.of(-(2n ** 63n), 2n ** 63n - 1n) },
  { name: 'bool', dtype: 'bool', dims: [3], data: Uint8Array.of(1, 0, 1) },
  { name: 'empty', dtype: 'float32', dims: [0, 3], data: new Float32Array() },
];

const ATTRIBUTES: Readonly<Record<string, OnnxAttribute>> = {
  axis: { type: 'int', value: -1 },
  large: { type: 'int', value: 2 ** 53 - 1 },
  alpha: { type: 'float', value: 0.5 },
  zero: { type: 'float', value: 0 },
  mode: { type: 'string', value: 'réflect' },
  pads: { type: 'ints', value: [0, -3, 2 ** 40] },
  none: { type: 'ints', value: [] },
  scales: { type: 'floats', value: [1, 2.5] },
  value: { type: 'tensor', value: { name: '', dtype: 'int64', dims: [1], data: BigInt64Array.of(5n) } },
};

const MODEL: OnnxModel = {
  name: 'step',
  producer: 'test',
  irVersion: 10,
  opsets: { '': 21, 'com.microsoft': 1 },
  metadata: { author: 'nobody', title: '' },
  inputs: [
    { name: 'x', dtype: 'float32', shape: ['N', 3, 0, 'height'] },
    { name: 'lr', dtype: 'float64', shape: [] },
  ],
  outputs: [{ name: 'y', dtype: 'bool', shape: [1] }],
  initializers: TENSORS,
  nodes: [
    { opType: 'FusedMatMul', domain: 'com.microsoft', name: 'n0', inputs: ['x', '', 'f32'], outputs: ['y', 'z'], attributes: ATTRIBUTES },
    { opType: 'Relu', domain: '', name: '', inputs: ['y'], outputs: ['w'], attributes: {} },
  ],
};

describe('encodeOnnxModel', () => {
  it('writes what decodeOnnxModel reads', () => {
    expect(decodeOnnxModel(encodeOnnxModel(MODEL))).toEqual(MODEL);
  });

  it('reads from any offset of a larger buffer', () => {
    const bytes = encodeOnnxModel(MODEL);
    const shifted = new Uint8Array(bytes.length + 3);
    shifted.set(bytes, 3);
    expect(decodeOnnxModel(shifted.subarray(3))).toEqual(MODEL);
  });

  it('fills in the defaults', () => {
    expect(decodeOnnxModel(encodeOnnxModel(EMPTY))).toEqual({
      ...EMPTY,
      name: 'graph',
      producer: 'cyclegan',
      irVersion: 10,
      opsets: { '': 21 },
      metadata: {},
    });
  });

  it('refuses data that does not fit', () => {
    const initializer = (tensor: Partial<OnnxTensor>) => () =>
      encodeOnnxModel({ ...EMPTY, initializers: [{ name: 'w', dtype: 'float32', dims: [2], data: Float32Array.of(1, 2), ...tensor }] });
    expect(initializer({ dims: [3] })).toThrow("ONNX tensor 'w': dims [3] need 3 elements, got 2.");
    expect(initializer({ dtype: 'int64' })).toThrow("ONNX tensor 'w': int64 data must be a BigInt64Array, got Float32Array.");
    const attributes = { axis: { type: 'int', value: 0.5 } } as const;
    expect(() => encodeOnnxModel({ ...EMPTY, nodes: [{ opType: 'Concat', inputs: [], outputs: [], attributes }] })).toThrow('got 0.5');
  });

  it('passes weights on as views, 100 MB in no time', () => {
    const data = new Float32Array(25_000_000);
    const started = performance.now();
    const chunks = onnxModelChunks({ ...EMPTY, initializers: [{ name: 'w', dtype: 'float32', dims: [25_000_000], data }] });
    expect(performance.now() - started).toBeLessThan(100);
    expect(chunks.some((chunk) => chunk.buffer === data.buffer && chunk.length === 100_000_000)).toBe(true);
    expect(chunks.filter((chunk) => chunk.buffer !== data.buffer).reduce((sum, chunk) => sum + chunk.length, 0)).toBeLessThan(200);
  });

  it('writes 10,000 nodes in less than a second', () => {
    const nodes: OnnxModel['nodes'] = Array.from({ length: 10_000 }, (_, index) => ({
      opType: 'Conv',
      name: `conv${index}`,
      inputs: [`v${index}`, `w${index}`],
      outputs: [`v${index + 1}`],
      attributes: { pads: { type: 'ints', value: [1, 1, 1, 1] }, strides: { type: 'ints', value: [2, 2] } },
    }));
    const started = performance.now();
    const bytes = encodeOnnxModel({ ...EMPTY, nodes });
    expect(performance.now() - started).toBeLessThan(1000);
    expect(decodeOnnxModel(bytes).nodes).toHaveLength(10_000);
  });
});

describe('decodeOnnxModel', () => {
  it('refuses a file cut anywhere', () => {
    const bytes = encodeOnnxModel(MODEL);
    for (let length = 0; length < bytes.length; length++) {
      expect(() => decodeOnnxModel(bytes.subarray(0, length)), `${length} bytes`).toThrow(FormatError);
    }
  });

  it('reads unpacked lists and typed data, as other exporters write them', () => {
    // GraphProto { initializer: TensorProto { dims: 2 (unpacked), data_type: 1, float_data: [1, 2] (unpacked), name: 'w' } }
    const tensor = [0x08, 2, 0x10, 1, 0x25, 0, 0, 0x80, 0x3f, 0x25, 0, 0, 0, 0x40, 0x42, 1, 0x77];
    const graph = [0x2a, tensor.length, ...tensor];
    const model = decodeOnnxModel(Uint8Array.from([0x08, 8, 0x3a, graph.length, ...graph]));
    expect(model.initializers).toEqual([{ name: 'w', dtype: 'float32', dims: [2], data: Float32Array.of(1, 2) }]);
  });

  it('refuses what the model cannot say', () => {
    // GraphProto { initializer: TensorProto { data_type: STRING } }
    expect(() => decodeOnnxModel(Uint8Array.from([0x3a, 4, 0x2a, 2, 0x10, 8]))).toThrow('ONNX element type 8 is not supported');
    // GraphProto { node: NodeProto { attribute: AttributeProto { name: 'body', type: GRAPH } } }
    const attribute = [0x0a, 4, 0x62, 0x6f, 0x64, 0x79, 0xa0, 1, 5];
    const node = [0x2a, attribute.length, ...attribute];
    const graph = [0x0a, node.length, ...node];
    expect(() => decodeOnnxModel(Uint8Array.from([0x3a, graph.length, ...graph]))).toThrow(
      "ONNX attribute 'body': type 5 is not supported",
    );
  });
});
