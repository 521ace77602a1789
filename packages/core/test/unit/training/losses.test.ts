import { describe, expect, it } from 'vitest';
import { type Tensor, trace } from '../../../src/index.ts';
import { f32 } from '../../../src/tensor.ts';
import { type AdversarialKind, adversarialLoss, checkWeights, l1Loss } from '../../../src/training/losses.ts';
import { runOnce } from './tiny.ts';

/** The scalar that `loss` makes of values of shape 1 x 1 x 1 x n. */
async function lossOf(loss: (...inputs: Tensor[]) => Tensor, ...values: readonly number[][]): Promise<number> {
  const shape = [1, 1, 1, values[0]?.length ?? 0];
  const graph = trace((recorder) => {
    recorder.output('loss', loss(...values.map((_, k) => recorder.input(`x${k}`, shape))));
  });
  const feeds = Object.fromEntries(values.map((numbers, k) => [`x${k}`, f32(shape, Float64Array.from(numbers))]));
  const { loss: result } = (await runOnce(graph, feeds)).outputs;
  expect(result?.shape).toEqual([]);
  return result?.data[0] ?? Number.NaN;
}

describe('adversarialLoss', () => {
  const LN2 = Math.log(2);
  const bce = (probability: number) => -Math.log(probability);
  const sigmoid = (x: number) => 1 / (1 + Math.exp(-x));

  it.each([
    ['lsgan', 'real', [1, 0, 3], (0 + 1 + 4) / 3],
    ['lsgan', 'fake', [1, 0, 3], (1 + 0 + 9) / 3],
    ['vanilla', 'real', [0], LN2],
    ['vanilla', 'fake', [0], LN2],
    ['vanilla', 'real', [2, -1], (bce(sigmoid(2)) + bce(sigmoid(-1))) / 2],
    ['vanilla', 'fake', [2, -1], (bce(1 - sigmoid(2)) + bce(1 - sigmoid(-1))) / 2],
    ['vanilla', 'real', [-1000], 1000],
    ['wgangp', 'real', [1, 0, 3.5], -1.5],
    ['wgangp', 'fake', [1, 0, 3.5], 1.5],
  ] as readonly (readonly [AdversarialKind, 'real' | 'fake', number[], number])[])(
    '%s, %s: %j is %d',
    async (kind, label, logits, loss) => {
      expect(await lossOf((x) => adversarialLoss(kind, x as Tensor, label), logits)).toBeCloseTo(loss, 12);
    },
  );
});

describe('l1Loss', () => {
  it('is the mean of absolute differences', async () => {
    expect(await lossOf((a, b) => l1Loss(a as Tensor, b as Tensor), [1, -2, 0.5, 3], [0, 1, 0.5, 5])).toBe((1 + 3 + 0 + 2) / 4);
  });
});

describe('checkWeights', () => {
  it.each([-1, Number.NaN])('refuses %d by name', (gan) => {
    expect(() => checkWeights({ gan, l1: 100 })).toThrow(`loss weight gan: expected a number of at least 0, got ${gan}.`);
  });

  it('refuses zeros alone', () => {
    expect(() => checkWeights({ gan: 0, l1: 0 })).toThrow('all loss weights are 0: there is nothing to learn; set at least one.');
  });

  it('takes some zeros', () => {
    expect(() => checkWeights({ gan: 0, l1: 1 })).not.toThrow();
  });
});
