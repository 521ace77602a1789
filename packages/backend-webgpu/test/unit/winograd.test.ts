/** What Winograd's algorithm is a variant for, and what it does then, told from the plan alone. */
import { conv2d, convGeometry, mul, optimise, type Tensor, type Trace, trace } from '@cyclegan/core';
import { OP_CASES, opCaseGraphs, titleOf } from '@cyclegan/core/testing';
import { describe, expect, it } from 'vitest';
import { DEFAULT_LIMITS, NATIVE_COMPOSITES, type Plan, type PlanOptions, planGraph } from '../../src/index.ts';

const winograd: PlanOptions['choose'] = (_, variants, usual) => (variants.includes('winograd') ? 'winograd' : usual);
const labelsOf = ({ kernels }: Plan) => kernels.map(({ label }) => label);

function planOf(body: (t: Trace) => Tensor, options: Partial<PlanOptions> = {}): Plan {
  const graph = trace((t) => t.output('y', body(t)));
  return planGraph(optimise(graph, NATIVE_COMPOSITES), { limits: DEFAULT_LIMITS, ...options });
}

const convolution = (size: number, channels: number) => (t: Trace) =>
  conv2d(t.input('x', [1, channels, size, size]), t.input('w', [channels, channels, 3, 3]), convGeometry(1, 1));

describe("Winograd's convolution", () => {
  it('is for 3x3 kernels without stride, dilation or groups, and for gradients by the input', () => {
    const titles = OP_CASES.filter((opCase) => {
      let offered = false;
      planGraph(optimise(opCaseGraphs(opCase).forward.graph, NATIVE_COMPOSITES), {
        limits: DEFAULT_LIMITS,
        choose: (_, variants, usual) => {
          offered ||= variants.includes('winograd');
          return usual;
        },
      });
      return offered;
    }).map(titleOf);
    const geometries = ['3x3 valid', '3x3 padding 1', 'asymmetric padding'];
    expect(titles).toEqual(geometries.flatMap((name) => [`conv2d: ${name}`, `conv2dInputGrad: ${name}`]));
  });

  it('is used where it is chosen, and nowhere unasked', () => {
    expect(labelsOf(planOf(convolution(8, 4)))).toEqual(['conv2d']);
    expect(labelsOf(planOf(convolution(8, 4), { choose: winograd }))).toEqual(['conv2d, transformed weights ()', 'conv2d']);
  });

  it('multiplies 2.25 times less', () => {
    const products = (plan: Plan) => plan.kernels.reduce((total, { multiplyAdds }) => total + multiplyAdds, 0);
    const [usual, fewer] = [planOf(convolution(64, 64)), planOf(convolution(64, 64), { choose: winograd })];
    expect(products(usual)).toBe(64 * 64 * 9 * 64 * 64);
    expect(products(usual) / products(fewer)).toBe(36 / 16);
  });

  it.each([
    { limit: 'workgroupBytes', least: 16384 },
    { limit: 'invocationsPerWorkgroup', least: 256 },
    // the transformed weights of 64 to 64 channels
    { limit: 'bindingBytes', least: 4 * 16 * 64 * 64 },
  ])('asks for $least of $limit', ({ limit, least }) => {
    const labels = (value: number) =>
      labelsOf(planOf(convolution(8, 64), { limits: { ...DEFAULT_LIMITS, [limit]: value }, choose: winograd }));
    expect(labels(least)).toHaveLength(2);
    expect(labels(least - 4)).toEqual(['conv2d']);
  });

  it('leaves out a convolution whose weights what follows reads as well', () => {
    const plan = planOf(
      (t) => {
        const w = t.input('w', [2, 2, 3, 3]);
        return mul(conv2d(t.input('x', [2, 2, 3, 3]), w, convGeometry(1, 1)), w);
      },
      { choose: winograd },
    );
    expect(labelsOf(plan)).toEqual(['conv2d, mul']);
  });
});
