import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { encodeOnnxModel } from '../../src/onnx/encode.ts';
import type { OnnxModel } from '../../src/onnx/model.ts';

async function run(model: OnnxModel, feeds: Record<string, Tensor>): Promise<InferenceSession.OnnxValueMapType> {
  const session = await InferenceSession.create(encodeOnnxModel(model), { intraOpNumThreads: 1 });
  try {
    return await session.run(feeds);
  } finally {
    await session.release();
  }
}

describe('ONNX Runtime', () => {
  it('computes a convolution of symbolic size with every kind of attribute', async () => {
    const model: OnnxModel = {
      inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 1, 'H', 'W'] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: ['N', 1, 'H', 'W'] }],
      initializers: [
        { name: 'w', dtype: 'float32', dims: [1, 1, 3, 3], data: Float32Array.of(0, 1, 0, 1, -4, 1, 0, 1, 0) },
        { name: 'pads', dtype: 'int64', dims: [4], data: BigInt64Array.of(1n, 1n, 1n, 1n) },
        { name: 'axes', dtype: 'int64', dims: [2], data: BigInt64Array.of(2n, 3n) },
      ],
      nodes: [
        {
          opType: 'Pad',
          inputs: ['x', 'pads', '', 'axes'],
          outputs: ['padded'],
          attributes: { mode: { type: 'string', value: 'reflect' } },
        },
        {
          opType: 'Conv',
          inputs: ['padded', 'w'],
          outputs: ['conv'],
          attributes: { strides: { type: 'ints', value: [1, 1] }, group: { type: 'int', value: 1 } },
        },
        { opType: 'LeakyRelu', inputs: ['conv'], outputs: ['leaky'], attributes: { alpha: { type: 'float', value: 0.25 } } },
        {
          opType: 'Constant',
          inputs: [],
          outputs: ['two'],
          attributes: { value: { type: 'tensor', value: { name: '', dtype: 'float32', dims: [], data: Float32Array.of(2) } } },
        },
        { opType: 'Constant', inputs: [], outputs: ['one'], attributes: { value_floats: { type: 'floats', value: [1] } } },
        { opType: 'Mul', inputs: ['leaky', 'two'], outputs: ['doubled'] },
        { opType: 'Add', name: 'last', inputs: ['doubled', 'one'], outputs: ['y'] },
      ],
    };
    const { y } = await run(model, { x: new Tensor('float32', Float32Array.of(1, 2, 3, 4, 5, 6), [1, 1, 2, 3]) });
    // Laplacian under reflection: [8, 6, 4, -4, -6, -8]; then leaky ReLU, doubled, plus one.
    expect(y?.dims).toEqual([1, 1, 2, 3]);
    expect([...(y?.data ?? [])]).toEqual([17, 13, 9, -1, -2, -3]);
  });

  it.each([
    ['float64', 'float32', Float64Array.of(0.5, -2), [0.5, -2]],
    ['float16', 'float32', Uint16Array.of(0x3800, 0xc000), [0.5, -2]],
    ['int32', 'float32', Int32Array.of(3, -4), [3, -4]],
    ['int64', 'float32', BigInt64Array.of(3n, -4n), [3, -4]],
    ['bool', 'float32', Uint8Array.of(1, 0), [1, 0]],
  ] as const)('reads %s initializers', async (dtype, output, data, expected) => {
    const model: OnnxModel = {
      inputs: [],
      outputs: [{ name: 'y', dtype: output, shape: [2] }],
      initializers: [{ name: 'c', dtype, dims: [2], data }],
      nodes: [{ opType: 'Cast', inputs: ['c'], outputs: ['y'], attributes: { to: { type: 'int', value: 1 } } }],
    };
    const { y } = await run(model, {});
    expect([...(y?.data ?? [])]).toEqual(expected);
  });

  it("knows other operator sets by the model's imports", async () => {
    const model: OnnxModel = {
      opsets: { '': 21, 'com.microsoft': 1 },
      inputs: [{ name: 'a', dtype: 'float32', shape: [2, 1] }],
      outputs: [{ name: 'y', dtype: 'float32', shape: [1, 1] }],
      initializers: [],
      nodes: [
        {
          opType: 'FusedMatMul',
          domain: 'com.microsoft',
          inputs: ['a', 'a'],
          outputs: ['y'],
          attributes: { transA: { type: 'int', value: 1 } },
        },
      ],
    };
    const { y } = await run(model, { a: new Tensor('float32', Float32Array.of(3, 4), [2, 1]) });
    expect([...(y?.data ?? [])]).toEqual([25]);
  });
});
