/** What a training step takes, told from its graph: counted by hand where that can be done, and growing with what grows. */
import { describe, expect, it } from 'vitest';
import { conv2d, convGeometry, grad, type MemoryUse, matmul, meanAll, relu, reshape, stepCost, trace, workOf } from '../../../src/index.ts';
import type { CycleGanOptions } from '../../../src/training/paper-model.ts';
import { TINY_GENERATOR, tinyModel } from './tiny.ts';

/** As the onnx backend has them. */
const COMPOSITES = ['normalize', 'normalizeGrad', 'reluGrad', 'adam'] as const;

describe('the work of a graph', () => {
  // 16 x 20 outputs of 2 pictures, 24 channels, each from 16 channels x 3 x 3
  const CONVOLUTION = 2 * 24 * 16 * 20 * (16 * 3 * 3);

  it('counts a convolution and each of its gradients alike', () => {
    const graph = trace((recorder) => {
      const [x, w] = [recorder.input('x', [2, 16, 16, 20]), recorder.input('w', [24, 16, 3, 3])];
      const y = conv2d(x, w, convGeometry(1, 1));
      recorder.output('y', y);
      for (const [k, gradient] of grad(meanAll(y), [x, w]).entries()) recorder.output(`${k}`, gradient);
    });
    expect(workOf(graph).multiplyAdds).toBe(3 * CONVOLUTION);
  });

  it('counts only a group of channels for each output of a grouped convolution', () => {
    const graph = trace((recorder) => {
      const [x, w] = [recorder.input('x', [2, 16, 16, 20]), recorder.input('w', [24, 4, 3, 3])];
      recorder.output('y', conv2d(x, w, { ...convGeometry(1, 1), groups: 4 }));
    });
    expect(workOf(graph).multiplyAdds).toBe(CONVOLUTION / 4);
  });

  it('counts matrix products, bytes read and written, and no reshapes', () => {
    const graph = trace((recorder) => {
      const product = matmul(recorder.input('a', [5, 3, 7]), recorder.input('b', [5, 7, 2]));
      recorder.output('y', relu(reshape(product, [30])));
    });
    expect(workOf(graph)).toMatchObject({ multiplyAdds: 5 * 3 * 7 * 2, bytes: 4 * (105 + 70 + 30 + 30 + 30), nodes: 2 });
  });

  it('prices a multiplication by what engines make of it', () => {
    const pricesOf = ([channels, stride]: readonly [number, number]) => {
      const work = workOf(
        trace((recorder) => {
          const [x, w] = [recorder.input('x', [1, channels, 8, 8]), recorder.input('w', [32, channels, 3, 3])];
          recorder.output('y', conv2d(x, w, convGeometry(stride, 1)));
        }),
      );
      return work.products / work.multiplyAdds;
    };
    const [plain, strided, thin] = (
      [
        [32, 1],
        [32, 2],
        [3, 1],
      ] as const
    ).map(pricesOf) as [number, number, number];
    expect(plain).toBeLessThan(strided);
    expect(strided).toBeLessThan(thin);
  });
});

describe('the cost of a training step', () => {
  const costOf = (options: Partial<CycleGanOptions> = {}, memory: MemoryUse = 'fast') =>
    stepCost(tinyModel(options), { composites: COMPOSITES, memory });

  it('holds weights, two moments of each, and buffers of pictures', () => {
    const { held } = costOf();
    const pooled = costOf({ poolSize: 3 });
    expect(held.variables % 3).toBe(0);
    expect(pooled.held.variables - held.variables).toBe(2 * 3 * (3 * 8 * 8) * 4);
    expect(held.kernels).toBeGreaterThan(0);
    expect(held.kernels).toBeLessThan(held.variables / 3);
  });

  it('holds at least the gradients of all weights', () => {
    const { held } = costOf({ generator: { ...TINY_GENERATOR, filters: 32 } });
    expect(held.activations).toBeGreaterThanOrEqual(held.variables / 3);
  });

  it.each<[string, Partial<CycleGanOptions>]>([
    ['pictures', { height: 32, width: 32 }],
    ['batches', { batch: 4 }],
    ['generators', { generator: { ...TINY_GENERATOR, filters: 8 } }],
    ['more blocks', { generator: { ...TINY_GENERATOR, blocks: 6 } }],
  ])('grows with %s', (_, options) => {
    const [before, after] = [costOf(), costOf(options)];
    expect(after.work.multiplyAdds).toBeGreaterThan(before.work.multiplyAdds);
    expect(after.work.products).toBeGreaterThan(before.work.products);
    expect(after.work.bytes).toBeGreaterThan(before.work.bytes);
    expect(after.held.activations).toBeGreaterThan(before.held.activations);
  });

  it('takes four times the multiplications for twice the height and width', () => {
    const [small, large] = [16, 32].map((size) => costOf({ height: size, width: size, generator: { ...TINY_GENERATOR, blocks: 1 } }));
    const ratio = (large?.work.multiplyAdds ?? 0) / (small?.work.multiplyAdds ?? 1);
    // the discriminators' edges are not padded to full size
    expect(ratio).toBeGreaterThan(3.9);
    expect(ratio).toBeLessThan(4.2);
  });

  it('trades memory for work with low memory', () => {
    const size = { height: 64, width: 64, generator: { ...TINY_GENERATOR, filters: 8, blocks: 3 } };
    const [fast, low] = [costOf(size), costOf(size, 'low')];
    expect(low.held.activations).toBeLessThan(fast.held.activations);
    expect(low.work.nodes).toBeGreaterThan(fast.work.nodes);
    expect(low.work.multiplyAdds).toBe(fast.work.multiplyAdds);
  });
});
