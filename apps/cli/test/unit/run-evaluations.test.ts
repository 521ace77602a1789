/** Evaluations while training: what they need, and which checkpoint they keep. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { RunFolder } from '../../src/runs/run-folder.ts';
import { evaluationPlan, RunEvaluations } from '../../src/train/run-evaluations.ts';

const EXECUTION = {
  backend: 'onnx',
  device: 'cpu',
  sampleEvery: 0,
  keep: 1,
  keepEveryEpochs: 0,
  checkpointEvery: 10,
  data: 'data',
} as const;

it.each([
  [{ evalEvery: 20 }, /go together/],
  [{ eval: ['maps'] }, /go together/],
  [{ evalEvery: 15, eval: ['maps'] }, /multiple of --checkpoint-every, which is 10/],
  [{ evalEvery: 20, eval: ['kid'] }, /--eval kid needs --features/],
  [{ evalEvery: 20, eval: ['class-change'], features: 'f.onnx' }, /needs --target/],
] as const)('%j is refused', (given, message) => {
  expect(() => evaluationPlan({ ...EXECUTION, ...given } as Parameters<typeof evaluationPlan>[0])).toThrow(message);
});

it('keeps the best checkpoint of those before where a run goes on, by the first figure', async () => {
  const path = await mkdtemp(join(tmpdir(), 'cyclegan-evaluations-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  const folder = new RunFolder(path);
  const line = (step: number, value: number) =>
    JSON.stringify({
      step,
      figures: [
        { name: 'L1', better: 'lower', digits: 2, value },
        { name: 'SSIM', better: 'higher', digits: 2, value: -value },
      ],
    });
  await writeFile(folder.file('evaluations.jsonl'), `${line(10, 5)}\n${line(20, 3)}\n${line(30, 4)}\n${line(40, 1)}\n{"step": 5`);
  const evaluations = new RunEvaluations(folder, EXECUTION, { every: 10, metrics: ['maps'] });
  await evaluations.begin(30);
  expect(evaluations.all.map(({ step, best }) => [step, best])).toEqual([
    [10, false],
    [20, true],
    [30, false],
  ]);
  expect([10, 20, 30, 40].filter((step) => evaluations.keeps(step))).toEqual([20]);
});
