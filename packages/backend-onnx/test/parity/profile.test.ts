/** ONNX Runtime's own profile of a program. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compile, f32, square, trace } from '@cyclegan/core';
import { expect, it, onTestFinished } from 'vitest';
import { createOnnxBackend } from '../../src/backend.ts';

it('is written when the program is disposed of, its nodes named for the scopes of the graph', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-onnx-profile-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const backend = await createOnnxBackend({ profile: join(folder, 'step') });
  const store = backend.createStore();
  const graph = trace((graph) => {
    const x = graph.input('x', [2]);
    graph.output(
      'y',
      graph.scoped('layer', () => square(x)),
    );
  });
  const program = await compile(backend, graph, { store });
  await (await program.run({ x: f32([2], [1, 2]) })).y;
  program.dispose();
  await new Promise(setImmediate);

  const names = await readdir(folder);
  expect(names).toEqual([expect.stringMatching(/^step_.*\.json$/)]);
  const events: { cat: string; name: string }[] = JSON.parse(await readFile(join(folder, names[0] ?? ''), 'utf8'));
  expect(events.filter(({ cat }) => cat === 'Session').map(({ name }) => name)).toContain('model_run');
  expect(events.filter(({ cat }) => cat === 'Node').map(({ name }) => name)).toContainEqual(
    expect.stringMatching(/^layer\/square\d+\/\w+_kernel_time$/),
  );
  store.dispose();
  await backend.dispose();
});
