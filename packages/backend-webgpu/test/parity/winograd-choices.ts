/** Choices of a backend by which it computes convolutions as Winograd does. */
import { type Graph, optimise } from '@cyclegan/core';
import { DEFAULT_LIMITS, NATIVE_COMPOSITES, planGraph } from '../../src/index.ts';

/** The choices by which a graph is computed by the variant wherever that can be, in f32 and in f16. */
export function winogradChoices(graph: Graph): Record<string, string> {
  const choices: Record<string, string> = {};
  planGraph(optimise(graph, NATIVE_COMPOSITES), {
    limits: DEFAULT_LIMITS,
    choose: (described, variants, usual) => {
      if (variants.includes('winograd')) for (const type of ['', ' f16']) choices[described + type] = 'winograd';
      return usual;
    },
  });
  return choices;
}
