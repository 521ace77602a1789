/** What a profile of ONNX Runtime says of where nodes ran. */
import { expect, it } from 'vitest';
import { countNodes, isNative } from '../../../parity/provider-nodes.ts';

const DEVICE = 'WebGpuExecutionProvider';

function event(name: string, operator: string, { provider = DEVICE, type = 'float' } = {}): object {
  return {
    cat: 'Node',
    name: `${name}_kernel_time`,
    args: { op_name: operator, provider, output_type_shape: [{ [type]: [2] }] },
  };
}

const session = { cat: 'Session', name: 'model_run', args: {} };
const elsewhere = 'CPUExecutionProvider';
const count = (...events: readonly object[]) => countNodes(JSON.stringify([session, ...events]), DEVICE);

it('counts a node once, however often it ran', () => {
  expect(count(event('a', 'Mul'), event('b', 'Mul'), event('a', 'Mul'))).toEqual({ onDevice: 2, copies: 0, elsewhere: {} });
});

it('takes copies and shapes elsewhere for native', () => {
  const nodes = count(
    event('a', 'Mul'),
    event('b', 'Reshape', { provider: elsewhere }),
    event('c', 'Concat', { provider: elsewhere, type: 'int64' }),
  );
  expect(nodes).toEqual({ onDevice: 1, copies: 2, elsewhere: {} });
  expect(isNative(nodes)).toBe(true);
});

it('names what was computed elsewhere', () => {
  const nodes = count(event('a', 'Sign', { provider: elsewhere }), event('b', 'Slice', { provider: elsewhere, type: 'int32' }));
  expect(nodes.elsewhere).toEqual({ Sign: 1, 'Slice of int32': 1 });
  expect(isNative(nodes)).toBe(false);
});
