/** What becomes one kernel, told from the plan alone. */
import {
  add,
  conv2d,
  convGeometry,
  cycleGanModel,
  emit,
  grad,
  leakyRelu,
  meanAll,
  mul,
  normalize,
  optimise,
  PAPER_DISCRIMINATOR,
  PAPER_GENERATOR,
  type Precision,
  peakBytes,
  reflectPad,
  relu,
  square,
  sub,
  sum,
  type Tensor,
  type Trace,
  tanh,
  trace,
  traceStep,
  workOf,
  ZEROS,
} from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, NATIVE_COMPOSITES, type Plan, planGraph, planSource } from '../../src/index.ts';

const planOf = (body: (t: Trace) => void): Plan => planGraph(optimise(trace(body), NATIVE_COMPOSITES), { limits: DEFAULT_LIMITS });
const labelsOf = ({ kernels }: Plan) => kernels.map(({ label }) => label);

describe('fusion', () => {
  it('makes one kernel of a chain of elementwise operations', () => {
    const plan = planOf((t) => t.output('y', tanh(add(mul(t.input('x', [4, 8]), 2), t.input('b', [8])))));
    expect(labelsOf(plan)).toEqual(['tanh']);
    // x, b and y
    expect(plan.movedBytes).toBe(4 * (32 + 8 + 32));
    expect(plan.kernels[0]?.source).toContain('array<vec4<f32>>');
  });

  it('computes bias and activation where the convolution ends', () => {
    const plan = planOf((t) => {
      const y = conv2d(t.input('x', [1, 3, 8, 8]), t.input('w', [4, 3, 3, 3]), convGeometry(1, 1));
      t.output('y', leakyRelu(add(y, t.input('b', [1, 4, 1, 1])), 0.2));
    });
    expect(labelsOf(plan)).toEqual(['conv2d, leakyRelu']);
    expect(plan.temporaryBytes).toBe(4 * 4 * 64);
  });

  it('computes what a reduction reads as it reads, and what follows as it ends', () => {
    const plan = planOf((t) => t.output('loss', meanAll(square(sub(t.input('x', [8, 8]), t.input('y', [8, 8]))))));
    expect(labelsOf(plan)).toEqual(['sum, mul']);
  });

  it('normalises and activates in one walk over a row, and never makes a picture padded by reflection', () => {
    const plan = planOf((t) => {
      const x = relu(normalize(t.input('x', [1, 4, 8, 8]), [2, 3]).y);
      t.output('y', conv2d(reflectPad(x, 1), t.input('w', [4, 4, 3, 3])));
    });
    expect(labelsOf(plan)).toEqual(['statistics, relu', 'conv2d']);
    // the activated picture and the result; mean and deviation never leave the workgroup
    expect(plan.temporaryBytes).toBe(2 * 4 * 4 * 64);
  });

  it('leaves in memory what would be computed too often', () => {
    const plan = planOf((t) => {
      const sums = add(t.input('a', [64]), add(t.input('b', [64]), t.input('c', [64])));
      for (const name of ['p', 'q', 'r', 's']) t.output(name, sum(mul(sums, t.input(`by/${name}`, [64]))));
    });
    expect(labelsOf(plan)).toEqual(['add', 'sum', 'sum', 'sum', 'sum']);
  });

  it('binds no more buffers than the limits allow', () => {
    const plan = planOf((t) => {
      const terms = Array.from({ length: 30 }, (_, k) => t.input(`x${k}`, [16]));
      t.output(
        'y',
        terms.reduce((total, term) => add(mul(total, 0.5), term)),
      );
    });
    expect(plan.kernels.length).toBeGreaterThan(1);
    for (const { bindings } of plan.kernels) expect(bindings.length).toBeLessThanOrEqual(DEFAULT_LIMITS.storageBuffers);
  });

  it('updates all weights by one kernel after the last gradient', () => {
    const plan = planOf((t) => {
      const [x, stepSize, correction] = [t.input('x', [2, 3]), t.input('stepSize', []), t.input('correction', [])];
      const weights = ['a', 'b'].map((name) => t.variable(name, [2, 3], ZEROS));
      const loss = meanAll(square(sub(mul(x, weights[0] as Tensor), weights[1] as Tensor)));
      const gradients = grad(loss, weights);
      ['a', 'b'].forEach((name, k) => {
        const moments = ['m', 'v'].map((kind) => t.variable(`${kind}/${name}`, [2, 3], ZEROS)) as [Tensor, Tensor];
        const inputs = [weights[k] as Tensor, ...moments, gradients[k] as Tensor, stepSize, correction] as const;
        const next = emit('adam', inputs, { beta1: 0.5, beta2: 0.999, epsilon: 1e-8 });
        [name, `m/${name}`, `v/${name}`].forEach((variable, at) => {
          t.update(variable, next[at] as Tensor);
        });
      });
    });
    expect(labelsOf(plan).at(-1)).toBe('adam over 2 weights');
    expect(labelsOf(plan).filter((label) => label.startsWith('adam'))).toHaveLength(1);
    expect(plan.copies).toEqual([]);
  });
});

describe('a training step', () => {
  const model = cycleGanModel({
    height: 32,
    width: 32,
    generator: { ...PAPER_GENERATOR, filters: 8, blocks: 3 },
    discriminator: { ...PAPER_DISCRIMINATOR, filters: 8 },
  });
  const graph = optimise(traceStep(model), NATIVE_COMPOSITES);
  const plan = planGraph(graph, { limits: DEFAULT_LIMITS });

  it('takes fewer kernels and moves fewer bytes than one kernel for each operation', () => {
    const work = workOf(graph);
    expect(plan.kernels.length).toBeLessThan(0.75 * work.nodes);
    expect(plan.movedBytes).toBeLessThan(0.9 * work.bytes);
  });

  it('takes little more memory than is needed at a time', () => {
    expect(plan.temporaryBytes).toBeLessThan(1.2 * plan.livenessBytes);
    expect(plan.temporaryBytes + plan.gradientBytes).toBeLessThan(1.2 * (peakBytes(graph) + plan.gradientBytes));
  });

  it('copies nothing, updates by one kernel, and shares the texts of kernels', () => {
    expect(plan.copies).toEqual([]);
    expect(labelsOf(plan).filter((label) => label.startsWith('adam'))).toHaveLength(1);
    expect(new Set(plan.kernels.map(({ source }) => source)).size).toBeLessThan(plan.kernels.length / 2);
  });

  it('can be printed', () => {
    const text = planSource(plan);
    expect(text).toContain('// kernel 0: ');
    expect(text).toContain('fn main(');
    expect(text).toMatch(/x\d = variable genAB\//);
  });
});

describe('a training step in mixed precision', () => {
  const model = cycleGanModel({
    height: 64,
    width: 64,
    generator: { ...PAPER_GENERATOR, filters: 8, blocks: 3 },
    discriminator: { ...PAPER_DISCRIMINATOR, filters: 8 },
  });
  const planIn = (precision: Precision) =>
    planGraph(optimise(traceStep(model, { precision }), NATIVE_COMPOSITES, precision), { limits: DEFAULT_LIMITS });
  const [single, half] = [planIn('f32'), planIn('f16')];

  it('moves and holds much less', () => {
    expect(half.movedBytes).toBeLessThan(0.7 * single.movedBytes);
    expect(half.temporaryBytes).toBeLessThan(0.75 * single.temporaryBytes);
    expect(half.gradientBytes).toBe(single.gradientBytes);
  });

  it('enables f16 where it is named, first of all, and nowhere else', () => {
    for (const { source } of half.kernels)
      expect(source.startsWith('enable f16;\n')).toBe(/f16|vec4h/.test(source.replace('enable f16;', '')));
    expect(single.kernels.filter(({ source }) => /f16|vec4h/.test(source))).toEqual([]);
  });

  it('skips an update in the kernels of Adam, one for each loss', () => {
    const adam = half.kernels.filter(({ label }) => label.startsWith('adam'));
    expect(adam).toHaveLength(2);
    for (const { source } of adam) expect(source).toMatch(/if \(!t\d+\) \{ return; \}/);
    // the scale that the step has used goes out, when the next one is known already
    expect(half.copies.map(({ to }) => to)).toEqual([{ kind: 'variable', name: 'lossScale/value', bytes: 4 }]);
  });

  it('leaves what a convolution gives in f16, and widens it where it is read', () => {
    const plan = planGraph(
      optimise(
        trace((t) => {
          const y = normalize(conv2d(t.input('x', [1, 2, 8, 8]), t.input('w', [2, 2, 1, 1])), [2, 3]).y;
          t.output('z', conv2d(relu(y), t.input('v', [2, 2, 1, 1])));
        }),
        NATIVE_COMPOSITES,
        'f16',
      ),
      { limits: DEFAULT_LIMITS },
    );
    expect(labelsOf(plan)).toEqual(['cast', 'cast', 'conv2d', 'statistics, relu', 'cast', 'conv2d, cast']);
    expect(plan.kernels[3]?.bindings.map(({ type }) => type)).toEqual(['vec4<f16>', 'vec4<f16>']);
  });
});

describe('limits', () => {
  it('name what is too small, and what to lower', () => {
    const large = trace((t) => t.output('y', mul(t.input('x', [1024]), 2)));
    expect(() => planGraph(large, { limits: { ...DEFAULT_LIMITS, bindingBytes: 1024 } })).toThrow(
      "needs f32[1024] of 4096 bytes in one binding, and the adapter's maxStorageBufferBindingSize is 1024; lower the size of the pictures",
    );
  });
});
