import { expect, it } from 'vitest';
import { discriminator, f32, grad, receptiveField, reshape, slice, trace } from '../../../src/index.ts';
import type { DiscriminatorSpec } from '../../../src/models/specs.ts';
import { PAPER_INIT } from '../../../src/nn/initializers.ts';
import { initialValues } from '../../../src/training/model.ts';
import { counting, runOnce } from '../training/tiny.ts';

const FEW = { inputChannels: 1, filters: 1, norm: 'none' } as const;
const patches = (layers: number): DiscriminatorSpec => ({ kind: 'patch', layers, ...FEW });

/** The first and last row and column that one value of the map depends on: where its gradient is not 0. */
async function support(spec: DiscriminatorSpec, size: number, [row, column]: readonly [number, number]) {
  const graph = trace((recorder) => {
    const x = recorder.input('x', [1, 1, size, size]);
    const map = discriminator(recorder, 'discB', spec, { init: PAPER_INIT, training: true }).apply(x);
    const value = reshape(slice(map, [0, 0, row, column], [1, 1, row + 1, column + 1]), []);
    const [gradient] = grad(value, [x]);
    if (gradient !== undefined) recorder.output('gradient', gradient);
  });
  const { gradient } = (await runOnce(graph, { x: counting([1, 1, size, size], 1e-3) }, initialValues(graph, 1))).outputs;
  const places = [...(gradient ?? f32([0], new Float32Array())).data].flatMap((value, at) => (value === 0 ? [] : [at]));
  const [rows, columns] = [places.map((at) => Math.floor(at / size)), places.map((at) => at % size)];
  return { rows: [Math.min(...rows), Math.max(...rows)], columns: [Math.min(...columns), Math.max(...columns)], count: places.length };
}

it('is 70 pixels with the three layers of the paper, eight apart', () => {
  expect(receptiveField(patches(3))).toEqual({ size: 70, stride: 8, start: 11.5 });
  expect(receptiveField({ kind: 'pixel', ...FEW })).toEqual({ size: 1, stride: 1, start: 0 });
});

it.each([
  [patches(1), 32, [5, 9]],
  [patches(2), 56, [4, 6]],
  [patches(3), 96, [3, 5]],
  [{ kind: 'pixel', ...FEW }, 6, [1, 4]],
] as const)('of %j is where gradients are', async (spec, extent, place) => {
  const { size, stride, start } = receptiveField(spec);
  const [rows, columns] = place.map((at) => {
    const centre = start + at * stride;
    return [centre - (size - 1) / 2, centre + (size - 1) / 2];
  });
  expect(await support(spec, extent, place)).toEqual({ rows, columns, count: size * size });
});
