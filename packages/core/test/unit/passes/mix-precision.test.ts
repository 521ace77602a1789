/** What mixed precision casts, and what it leaves in f32. */
import { describe, expect, it } from 'vitest';
import {
  conv2d,
  cycleGanModel,
  type Graph,
  grad,
  isFloat,
  meanAll,
  mixPrecision,
  mul,
  normalize,
  optimise,
  printGraph,
  reflectPad,
  relu,
  reshape,
  square,
  sub,
  sum,
  type Tensor,
  type Trace,
  tanh,
  trace,
  traceStep,
  verify,
  ZEROS,
} from '../../../src/index.ts';
import { TINY_DISCRIMINATOR, TINY_GENERATOR, tinyModel } from '../training/tiny.ts';

const NATIVE = ['normalize', 'normalizeGrad', 'reluGrad', 'adam'] as const;

/** Ops of the mixed graph with their types, declarations left out. */
function mixed(body: (t: Trace) => void): string[] {
  const graph = mixPrecision(trace(body));
  verify(graph);
  return graph.nodes
    .filter(({ op }) => !['input', 'variable', 'constant'].includes(op))
    .map(({ op, outputs }) => `${op} ${outputs.map(({ dtype }) => dtype).join(' ')}`);
}

const weight = (t: Trace, name: string) => t.variable(name, [2, 2, 1, 1], ZEROS);

describe('mixPrecision', () => {
  it('multiplies in f16 and gives what it gave, in its type', () => {
    expect(mixed((t) => t.output('y', conv2d(t.input('x', [1, 2, 4, 4]), weight(t, 'w'))))).toEqual([
      'cast f16',
      'cast f16',
      'conv2d f16',
      'cast f32',
    ]);
  });

  it('keeps what lies between products in f16, statistics in f32', () => {
    const ops = mixed((t) => {
      const inner = relu(normalize(conv2d(t.input('x', [1, 2, 4, 4]), weight(t, 'w')), [2, 3]).y);
      t.output('y', conv2d(reflectPad(inner, 1), weight(t, 'v')));
    });
    expect(ops).toEqual([
      'cast f16',
      'cast f16',
      'conv2d f16',
      'cast f32',
      'normalize f32 f32 f32',
      'cast f16',
      'relu f16',
      'reflectPad f16',
      'cast f16',
      'conv2d f16',
      'cast f32',
    ]);
  });

  it('computes losses, and what they are computed of, in f32', () => {
    const ops = mixed((t) => {
      const picture = tanh(conv2d(t.input('x', [1, 2, 4, 4]), weight(t, 'w')));
      t.output('loss', meanAll(square(sub(picture, t.input('target', [1, 2, 4, 4])))));
    });
    expect(ops.slice(ops.indexOf('conv2d f16') + 1).every((op) => op.endsWith('f32'))).toBe(true);
  });

  it('casts a value once for all products that read it', () => {
    const ops = mixed((t) => {
      const [x, w] = [t.input('x', [1, 2, 4, 4]), weight(t, 'w')];
      t.output('y', conv2d(x, w));
      t.output('z', conv2d(mul(x, 2), w));
    });
    expect(ops.filter((op) => op === 'cast f16')).toHaveLength(3);
  });

  it('casts before a movement that only products read', () => {
    const ops = mixed((t) => t.output('y', conv2d(reflectPad(t.input('x', [1, 2, 4, 4]), 1), weight(t, 'w'))));
    expect(ops.slice(0, 2)).toEqual(['cast f16', 'reflectPad f16']);
  });

  it('leaves a factor that f16 cannot hold to f32', () => {
    const between = (factor: number) => (t: Trace) => {
      const scaled = mul(conv2d(t.input('x', [1, 2, 4, 4]), weight(t, 'w')), factor);
      t.output('y', conv2d(scaled, weight(t, 'v')));
    };
    expect(mixed(between(1e-3))).toContain('mul f16');
    expect(mixed(between(1e-6))).toContain('mul f32');
    expect(mixed(between(1e6))).toContain('mul f32');
  });

  it('sums the gradients of biases in f32, and keeps gradients on their way back in f16', () => {
    const ops = mixed((t) => {
      const [w, v] = [weight(t, 'w'), weight(t, 'v')];
      const bias = t.variable('b', [2], ZEROS);
      const hidden = relu(conv2d(t.input('x', [1, 2, 4, 4]), w));
      const y = conv2d(mul(hidden, reshape(bias, [1, 2, 1, 1])), v);
      const loss = meanAll(square(y));
      const wrt = [w, v, bias];
      grad(loss, wrt).forEach((gradient, k) => {
        t.update(['w', 'v', 'b'][k] as string, gradient);
      });
      t.output('loss', loss);
    });
    expect(ops.filter((op) => op.startsWith('sum'))).toEqual(['sum f32', 'sum f32']);
    expect(ops).toContain('reluGrad f16');
    expect(ops.filter((op) => op.startsWith('conv2dWeightGrad'))).toEqual(['conv2dWeightGrad f16', 'conv2dWeightGrad f16']);
  });

  it('does nothing to a graph without products', () => {
    const graph = trace((t) => t.output('y', sum(relu(normalize(t.input('x', [1, 2, 4, 4]), [2, 3]).y))));
    expect(printGraph(mixPrecision(graph))).toBe(printGraph(graph));
  });
});

describe.each([
  ['CycleGAN', cycleGanModel({ height: 16, width: 16, generator: TINY_GENERATOR, discriminator: TINY_DISCRIMINATOR })],
  ['a gradient penalty', tinyModel({ adversarial: 'wgangp', gradientPenalty: 10 })],
  ['batch norm and dropout', tinyModel({ generator: { ...TINY_GENERATOR, norm: 'batch', dropout: true } })],
])('a training step with %s', (_, model) => {
  const single: Graph = optimise(traceStep(model), NATIVE);
  const half = optimise(traceStep(model, { precision: 'f16' }), NATIVE, 'f16');

  it('is valid, with inputs, outputs and variables in f32 as before', () => {
    verify(half);
    expect([...half.inputs]).toEqual([...single.inputs]);
    const asBefore = (names: Iterable<string>) => [...names].filter((name) => !name.startsWith('lossScale/'));
    expect(asBefore(half.outputs.keys())).toEqual([...single.outputs.keys()]);
    expect(asBefore(half.variables.keys())).toEqual([...single.variables.keys()]);
    const types = [...half.outputs.values(), ...half.variables.values()].map(({ dtype }) => dtype);
    expect(types.filter(isFloat).every((dtype) => dtype === 'f32')).toBe(true);
  });

  it('multiplies in f16 alone, and reduces, normalises and updates in f32 alone', () => {
    const typesOf = (...ops: string[]) =>
      new Set(half.nodes.filter(({ op }) => ops.includes(op)).flatMap(({ outputs }) => outputs.map(({ dtype }: Tensor) => dtype)));
    expect(typesOf('conv2d', 'conv2dInputGrad', 'conv2dWeightGrad')).toEqual(new Set(['f16']));
    expect(typesOf('sum', 'normalize', 'normalizeGrad', 'adam')).toEqual(new Set(['f32']));
    expect(typesOf('relu', 'reluGrad')).toEqual(new Set(['f16']));
  });
});
