/** An exported segmentation network in ONNX Runtime, as eval runs it, against the graph on the reference backend. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, type FcnSpec, initialValues, type NormKind, traceSegmentation } from '@cyclegan/core';
import { createReferenceBackend } from '@cyclegan/core/reference';
import { randomTensor } from '@cyclegan/core/testing';
import { decodeOnnxModel, encodeOnnxModel } from '@cyclegan/formats';
import { expect, it, onTestFinished } from 'vitest';
import { openOnnxNetwork, SEGMENTER_INPUT, SEGMENTER_OUTPUT, segmenterModel } from '../../src/index.ts';
import { expectClose } from './compare.ts';

const SPEC: FcnSpec = { kind: 'fcn8s', inputChannels: 3, classes: 4, widthMultiplier: 1 / 32, norm: 'none', dropout: true };

it.each<NormKind>(['none', 'batch', 'instance'])('with norm %s it is one file for every size and number of pictures', async (norm) => {
  const spec = { ...SPEC, norm };
  const graph = (batch: number, height: number, width: number) => traceSegmentation(spec, { batch, height, width });
  const weights = Object.fromEntries(
    Object.entries(initialValues(graph(1, 32, 32), 1)).map(([name, value]) => {
      // statistics other than those of new networks
      const lively = name.endsWith('variance') ? value.data.map((_, at) => 0.5 + (at % 3)) : value.data.map((x, at) => x + 0.01 * (at % 5));
      return [name, { ...value, data: lively }];
    }),
  );
  const model = encodeOnnxModel(segmenterModel(spec, weights));
  expect(decodeOnnxModel(model)).toMatchObject({ opsets: { '': 17 }, metadata: { 'cyclegan.sizeMultiple': '32' } });
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-segmenter-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const path = join(folder, 'fcn.onnx');
  await writeFile(path, model);
  const network = await openOnnxNetwork(path, {});
  const backend = createReferenceBackend();
  for (const [batch, height, width] of [
    [1, 64, 64],
    [2, 64, 96],
  ] as const) {
    const store = backend.createStore();
    const program = await compile(backend, graph(batch, height, width), { store });
    await store.load(weights);
    const photos = randomTensor([batch, 3, height, width], 'photos');
    const expected = await (await program.run({ photos })).logits;
    if (expected === undefined) throw new Error('the graph has that output');
    expectClose({ logits: await network.run({ [SEGMENTER_INPUT]: photos }, SEGMENTER_OUTPUT) }, { logits: expected }, 1e-4);
    program.dispose();
    store.dispose();
  }
  await network.dispose();
});
