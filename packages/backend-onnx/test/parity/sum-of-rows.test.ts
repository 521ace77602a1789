/** Sums of rows, with channels enough that they are not made side by side: mirrored edges, and tiles that overlap, at sizes where few rows have more summands. */
import { only, trace } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { runGraph } from '@cyclegan/core/testing';
import { describe, it } from 'vitest';
import { inputGradWinograd } from '../../src/lowering/conv/winograd/formulations.ts';
import { everythingByRows, expectClose, feedsOf, runLowered } from './compare.ts';

const CHANNELS = 6;

const SIZES = [
  [12, 16],
  [16, 12],
  [13, 11],
  [14, 10],
  [4, 4],
] as const;

describe('sums of rows', () => {
  it.each(SIZES)('of mirrored edges around %i x %i', async (height, width) => {
    const graph = trace((t) => {
      const dy = t.input('dy', [2, CHANNELS, height + 5, width + 3]);
      t.output('dx', only(t.emit('reflectPadGrad', [dy], { padding: [2, 3, 1, 2] })));
    });
    const feeds = feedsOf(graph);
    expectClose(await runLowered(graph, { byRows: everythingByRows }, feeds), await runGraph(createReferenceBackend(), graph, feeds));
  });

  it.each(SIZES)('of tiles that overlap on %i x %i', async (height, width) => {
    const padding = [1, 1, 1, 1] as const;
    const graph = trace((t) => {
      const operands = [t.input('dy', [2, 3, height, width]), t.input('w', [3, CHANNELS, 3, 3])];
      const params = { strides: [1, 1], padding, dilation: [1, 1], groups: 1, inputSize: [height, width] } as const;
      t.output('dx', only(t.emit('conv2dInputGrad', operands, params)));
    });
    const feeds = feedsOf(graph);
    const got = await runLowered(graph, { byRows: everythingByRows, rowsLowering: () => inputGradWinograd.lower as never }, feeds);
    expectClose(got, await runGraph(createReferenceBackend(), graph, feeds), 2e-5);
  });
});
