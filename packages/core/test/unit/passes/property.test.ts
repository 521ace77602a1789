import { beforeAll, describe, expect, it } from 'vitest';
import type { Feeds } from '../../../src/backend.ts';
import type { Graph } from '../../../src/graph/graph.ts';
import { verify } from '../../../src/graph/verify.ts';
import {
  cleanUpAlgebra,
  decomposeTo,
  eliminateDeadCode,
  foldConstants,
  optimise,
  shareCommonSubexpressions,
} from '../../../src/passes/passes.ts';
import { schedule } from '../../../src/passes/schedule.ts';
import { createReferenceBackend } from '../../../src/reference/index.ts';
import type { HostTensor } from '../../../src/tensor.ts';
import { type CaseGraph, difference, OP_CASES, opCaseGraphs, randomTensor, titleOf } from '../../../src/testing/index.ts';
import { randomGraph } from './random-graph.ts';

/** Runs a graph as it is but for composites, which the reference lacks: without the passes that `compile` applies. */
async function runUnoptimised(graph: Graph, feeds: Feeds): Promise<Record<string, HostTensor>> {
  const backend = createReferenceBackend();
  const program = await backend.compile(decomposeTo([])(graph), { store: backend.createStore() });
  const outputs = Object.entries(await program.run(feeds));
  return Object.fromEntries(await Promise.all(outputs.map(async ([name, value]) => [name, await value] as const)));
}

const PASSES = {
  schedule,
  eliminateDeadCode,
  shareCommonSubexpressions,
  foldConstants,
  cleanUpAlgebra,
  'decomposeTo nothing': decomposeTo([]),
  'decomposeTo normalize': decomposeTo(['normalize', 'normalizeGrad']),
  'optimise to primitives': (graph: Graph) => optimise(graph, []),
  'optimise to all composites': (graph: Graph) =>
    optimise(graph, ['normalize', 'normalizeGrad', 'adam', 'maxPool', 'averagePool', 'resize', 'softmaxCrossEntropy']),
};

interface Baseline extends CaseGraph {
  readonly title: string;
  readonly expected: Readonly<Record<string, HostTensor>>;
}

const RANDOM_GRAPHS = 200;

const baselines: Baseline[] = [];

async function addBaseline(title: string, caseGraph: CaseGraph): Promise<void> {
  baselines.push({ ...caseGraph, title, expected: await runUnoptimised(caseGraph.graph, caseGraph.feeds) });
}

beforeAll(async () => {
  for (const opCase of OP_CASES) {
    const { forward, gradient, second } = opCaseGraphs(opCase);
    for (const [kind, caseGraph] of Object.entries({ forward, gradient, second })) {
      if (caseGraph === undefined) continue;
      await addBaseline(`${titleOf(opCase)} (${kind})`, caseGraph);
    }
  }
  for (let seed = 0; seed < RANDOM_GRAPHS; seed++) {
    const feeds = { a: randomTensor([2, 3], `a${seed}`), b: randomTensor([1, 3], `b${seed}`) };
    await addBaseline(`random graph ${seed}`, { graph: randomGraph(seed), feeds });
  }
});

describe.each(Object.entries(PASSES))('%s on the graphs of all op cases and on random graphs', (_, pass) => {
  it('keeps them valid, with the same names and types, and their results equal', async () => {
    const wrong: string[] = [];
    for (const { graph, feeds, title, expected } of baselines) {
      const result = pass(graph);
      verify(result);
      expect(result.inputs).toEqual(graph.inputs);
      expect([...result.outputs.keys()]).toEqual([...graph.outputs.keys()]);
      const got = await runUnoptimised(result, feeds);
      for (const [name, value] of Object.entries(expected)) {
        const output = got[name];
        if (output === undefined || difference(output, value).error > 1e-12) wrong.push(`${title}: ${name}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

describe('optimise', () => {
  it('leaves no more work than there was', () => {
    for (const { graph, title } of baselines) {
      const before = decomposeTo([])(graph).nodes.length;
      expect.soft(optimise(graph, []).nodes.length, title).toBeLessThanOrEqual(before);
    }
  });
});
