/** Distances between distributions are those of scipy, NumPy and scikit-learn. */
import { expect, it } from 'vitest';
import { symmetricEigenvalues } from '../../../src/distributions/symmetric-eigenvalues.ts';
import { type Features, frechetDistance, kernelDistance, meanDiscrepancy, precisionRecall } from '../../../src/index.ts';
import { features, golden, uniforms } from './inputs.ts';

interface Golden {
  readonly frechet: readonly {
    readonly name: string;
    readonly real: number;
    readonly generated: number;
    readonly width: number;
    readonly value: number;
  }[];
  readonly kernel: {
    readonly subsets: readonly { readonly real: readonly number[]; readonly generated: readonly number[] }[];
    readonly values: readonly number[];
    readonly all: number;
  };
  readonly manifolds: readonly {
    readonly neighbours: number;
    readonly generatedOnReal: readonly boolean[];
    readonly realOnGenerated: readonly boolean[];
  }[];
  readonly eigenvalues: readonly number[];
}

const expected = golden<Golden>('distributions');

function deadAndDoubled({ width, data, ...rest }: Features): Features {
  const source = (at: number) => (at % width === 5 ? at - 1 : at);
  return { ...rest, width, data: data.map((_, at) => (at % width === 3 ? 0 : (data[source(at)] ?? 0))) };
}

it.each(expected.frechet)('FID: $name', ({ name, value, width, ...counts }) => {
  const pair = {
    real: features(21, counts.real, width),
    generated: features(22, counts.generated, width, { scale: 1.5, shift: 0.25 }),
  };
  const compared = name.startsWith('dead') ? { real: deadAndDoubled(pair.real), generated: deadAndDoubled(pair.generated) } : pair;
  const found = frechetDistance(compared);
  expect(found.value).toBeCloseTo(value, 7);
  expect(found.method).toBe(counts.real > width ? 'covariance' : 'gram');
  expect(found.warnings).toHaveLength(counts.real > width ? 0 : 1);
});

it('KID: of subsets and of all', () => {
  const compared = { real: features(23, 30, 16), generated: features(24, 25, 16, { scale: 1.2, shift: 0.1 }) };
  for (const [at, { real, generated }] of expected.kernel.subsets.entries()) {
    const found = meanDiscrepancy(compared, { real: Uint32Array.from(real), generated: Uint32Array.from(generated) });
    expect(found).toBeCloseTo(expected.kernel.values[at] ?? Number.NaN, 12);
  }
  const firsts = { ...compared.real, count: 25, data: compared.real.data.subarray(0, 25 * 16) };
  const all = kernelDistance({ ...compared, real: firsts }, { subsetSize: 25 });
  expect(all).toMatchObject({ mean: expect.closeTo(expected.kernel.all, 12), deviation: 0, subsets: 1, subsetSize: 25 });
});

it.each(expected.manifolds)('precision and recall with $neighbours neighbours', ({ neighbours, generatedOnReal, realOnGenerated }) => {
  const compared = { real: features(25, 60, 8), generated: features(26, 50, 8, { scale: 1.3, shift: 0.2 }) };
  const found = precisionRecall(compared, { neighbours });
  expect(found.generatedOnReal).toEqual(generatedOnReal);
  expect(found.realOnGenerated).toEqual(realOnGenerated);
  expect(found.precision).toBe(generatedOnReal.filter(Boolean).length / 50);
  expect(found.recall).toBe(realOnGenerated.filter(Boolean).length / 60);
});

it('finds the eigenvalues that NumPy finds', () => {
  const matrix = uniforms(27, 900).map((value) => value - 0.5);
  const found = symmetricEigenvalues(matrix, 30).sort();
  expect([...found]).toEqual(expected.eigenvalues.map((value) => expect.closeTo(value, 12)));
});
