/** Sums and maxima of a workgroup by its subgroups, on an adapter that has these, and as it would be without. */
import {
  add,
  compile,
  f32,
  grad,
  type HostTensor,
  maxReduce,
  meanAll,
  mul,
  normalize,
  square,
  sum,
  type Tensor,
  trace,
} from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import {
  type AnyOpCase,
  describeDifference,
  describeFailures,
  difference,
  float,
  OP_CASES,
  opCaseGraphs,
  randomTensor,
  runGraph,
  runParity,
  titleOf,
} from '@cyclegan/core/testing';
import { openGpu } from '@cyclegan/webgpu-device';
import { describe, expect, it } from 'vitest';
import { createWebGpuBackend, programSource, type WebGpuBackend } from '../../src/index.ts';
import { hasSubgroups } from './adapter-features.ts';

const ops = OP_CASES.filter(({ op }) => ['sum', 'maxReduce', 'normalize', 'normalizeGrad'].includes(op));

/** Rows that leave threads without an element, or just fill a workgroup, or keep it for some rounds. */
const rows = [1, 3, 63, 64, 65, 1000].flatMap((length): AnyOpCase[] => {
  const [name, inputs] = [`rows of ${length}`, [float([5, length])]];
  return [
    { op: 'sum', name, inputs, params: { axes: [1] } },
    { op: 'maxReduce', name, inputs, params: { axes: [1] } },
    { op: 'normalize', name, inputs, params: { axes: [1], epsilon: 1e-5 } },
  ];
});

const long: readonly AnyOpCase[] = [
  { op: 'sum', name: 'in two passes', inputs: [float([2, 9001])], params: { axes: [1] } },
  {
    op: 'maxReduce',
    name: 'of negative numbers, in two passes',
    inputs: [float([2, 9001], [-7, -2, -3])],
    params: { axes: [1] },
  },
];

/** A backend on the adapter at hand, as if that had no subgroups where `subgroups` is false. */
async function backendWith(subgroups: boolean): Promise<WebGpuBackend> {
  const gpu = await openGpu();
  const { device, info, description, software } = gpu;
  return createWebGpuBackend({ gpu: { device, info, description, software, subgroups, dispose: () => gpu.dispose() } });
}

const step = trace((t) => {
  const [x, w] = [t.input('x', [5, 1000]), t.input('w', [5, 1000])];
  const { y } = normalize(x, [1]);
  const loss = meanAll(square(add(mul(y, w), maxReduce(x, [1]))));
  t.output('loss', loss);
  t.output('sums', sum(x, [1]));
  t.output('dx', grad(loss, [x])[0] as Tensor);
});
const feeds = { x: randomTensor([5, 1000], 'x'), w: randomTensor([5, 1000], 'w') };

/** The text of the step's kernels on a backend, and what two runs give. */
async function stepped() {
  const backend = await backendWith(true);
  const program = await compile(backend, step, { store: backend.createStore() });
  const source = programSource(program);
  const runs = [await runGraph(backend, step, feeds), await runGraph(backend, step, feeds)] as const;
  await backend.dispose();
  return { source, runs };
}

describe.skipIf(!(await hasSubgroups()))('subgroups', () => {
  it('give in every reduction what f64 gives', async () => {
    const report = await runParity(() => backendWith(true), { cases: ops, kinds: ['forward', 'gradient'] });
    expect(describeFailures(report)).toBe('');
    expect(report.rows).toHaveLength(2 * ops.length - report.excluded.length);
  });

  it.each([true, false])('give it for rows of every length, where they are used: %s', async (subgroups) => {
    const backend = await backendWith(subgroups);
    for (const opCase of [...rows, ...long]) {
      const { forward, gradient } = opCaseGraphs(opCase);
      // what normalising passes back walks over rows as well
      for (const { graph, feeds } of opCase.op === 'normalize' && gradient !== undefined ? [forward, gradient] : [forward]) {
        const expected = await runGraph(createReferenceBackend(), graph, feeds);
        const got = await runGraph(backend, graph, feeds);
        for (const [name, value] of Object.entries(expected)) {
          // a sum of terms that cancel
          if (name === 'loss') continue;
          const result = got[name] as HostTensor;
          expect(difference(result, value).error, `${titleOf(opCase)}, ${name} ${describeDifference(result, value)}`).toBeLessThan(2e-5);
        }
      }
    }
    expect(backend.liveTensors()).toBe(0);
    await backend.dispose();
  });

  it('give the same bits in each run, and on another device of the adapter', async () => {
    const [first, second] = [await stepped(), await stepped()];
    expect(first.source).toContain('subgroupAdd(value)');
    expect(first.source).toContain('subgroupMax(value)');
    expect(first.runs[1]).toEqual(first.runs[0]);
    expect(second.runs).toEqual(first.runs);
  });

  it('let infinities and the largest of them through', async () => {
    const backend = await backendWith(true);
    const graph = trace((t) => {
      const x = t.input('x', [1, 64]);
      t.output('sum', sum(x, [1]));
      t.output('most', maxReduce(x, [1]));
    });
    const { NEGATIVE_INFINITY } = Number;
    const x = f32([1, 64], new Float32Array(64).fill(NEGATIVE_INFINITY));
    const lowest = f32([1, 1], [NEGATIVE_INFINITY]);
    expect(await runGraph(backend, graph, { x })).toEqual({ sum: lowest, most: lowest });
    await backend.dispose();
  });
});
