/** Which engine options name, and which of those that work is the best. */
import { describe, expect, it } from 'vitest';
import { checkedChoice, devicesOf } from '../../src/backends.ts';
import { bestOf } from '../../src/engines/auto-engine.ts';
import { AUTO_ORDER, describeOrder, FALLBACK } from '../../src/engines/auto-order.ts';
import { type EngineRequest, namedEngine, withThreads } from '../../src/engines/choose-engine.ts';
import { UsageError } from '../../src/errors.ts';

describe('options', () => {
  it.each([
    [{}, { backend: 'onnx', device: 'cpu' }],
    [{ threads: 2 }, { backend: 'onnx', device: 'cpu', threads: 2 }],
    [{ backend: 'tfjs' }, { backend: 'tfjs', device: 'wasm' }],
    [
      { backend: 'tfjs', device: 'node', threads: 3 },
      { backend: 'tfjs', device: 'node', threads: 3 },
    ],
    [{ backend: 'auto', threads: 2 }, undefined],
  ] as const satisfies readonly (readonly [EngineRequest, unknown])[])('%j name %j', (request, expected) =>
    expect(namedEngine(request)).toEqual(expected),
  );

  it.each([
    [{ device: 'wasm' }, /^--device wasm: the onnx backend does not have it, it runs on cpu, .*; use --backend tfjs\.$/],
    [{ backend: 'tfjs', device: 'dml' }, /use --backend onnx\.$/],
    [{ backend: 'reference', device: 'webgpu' }, /use --backend onnx or --backend tfjs or --backend webgpu\.$/],
    [{ backend: 'tfjs', device: 'wasm', threads: 2 }, /^--threads 2: tfjs on wasm has one thread only/],
    [{ backend: 'auto', device: 'cuda' }, /^--device cuda: --backend auto chooses the device as well/],
  ] as const satisfies readonly (readonly [EngineRequest, RegExp])[])('%j contradict themselves', (request, message) => {
    expect(() => namedEngine(request)).toThrow(UsageError);
    expect(() => namedEngine(request)).toThrow(message);
  });

  it('leave threads out where an engine has one only', () => {
    expect(withThreads({ backend: 'onnx', device: 'cpu' }, { threads: 2 })).toEqual({ backend: 'onnx', device: 'cpu', threads: 2 });
    expect(withThreads({ backend: 'tfjs', device: 'webgpu' }, { threads: 2 })).toEqual({ backend: 'tfjs', device: 'webgpu' });
  });
});

describe('the order of auto', () => {
  it('is of engines that exist, and told in words', () => {
    for (const engine of [...AUTO_ORDER, FALLBACK]) expect(checkedChoice(engine)).toEqual(engine);
    expect(devicesOf(FALLBACK.backend)[0]).toBe(FALLBACK.device);
    expect(describeOrder()).toMatch(/^the first of these that works on a GPU: onnx cuda, .*; else onnx cpu$/);
  });

  const works = { works: true, why: '' };
  const webgpu = { backend: 'tfjs', device: 'webgpu', ...works };

  it('takes the first that works, whatever comes first in the list', () => {
    expect(bestOf([{ backend: 'onnx', device: 'cpu', ...works }, webgpu, { backend: 'onnx', device: 'cuda', ...works }])).toEqual({
      backend: 'onnx',
      device: 'cuda',
    });
    expect(bestOf([{ backend: 'onnx', device: 'cuda', works: false, why: '' }, webgpu])).toEqual({ backend: 'tfjs', device: 'webgpu' });
  });

  it('passes software by', () => expect(bestOf([{ ...webgpu, software: true }])).toEqual(FALLBACK));
});
