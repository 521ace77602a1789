/** Training in half precision: what stands in its way is said, and a run keeps what it began with. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openGpu } from '@cyclegan/webgpu-device';
import { expect, it } from 'vitest';
import { checkpointOf, FEW_KERNELS, run, TINY, workFolder } from './program.ts';

const begin = ['train', '--data', 'data', ...TINY];

it('is refused where the backend computes in f32, before anything is made', async () => {
  const folder = await workFolder();
  const { code, stderr } = await run(folder, [...begin, '--name', 'half', '--backend', 'reference', '--precision', 'f16']);
  expect(code).toBe(2);
  expect(stderr).toBe('error: --precision f16: the reference backend computes in f32; leave it out, or use --backend webgpu.\n');
});

it('does not change from one resume to the next', async () => {
  const folder = await workFolder();
  expect(await run(folder, [...begin, '--name', 'single', '--backend', 'reference', '--max-steps', '1'])).toMatchObject({ code: 0 });
  const { code, stderr } = await run(folder, ['train', '--name', 'single', '--resume', '--precision', 'f16']);
  expect(code).toBe(2);
  expect(stderr).toContain("the run 'single' is trained in f32, which a run cannot change: leave --precision out, or start a new run.");
});

/** Undefined where there is no adapter at all. */
const hasHalf = await openGpu().then(
  (gpu) => {
    gpu.dispose();
    return gpu.device.features.has('shader-f16');
  },
  () => undefined,
);
const isRequired = process.env.REQUIRE_FEATURES !== undefined;
const half = (name: string) => ['train', '--data', 'data', ...FEW_KERNELS, '--name', name, '--backend', 'webgpu', '--precision', 'f16'];

it.skipIf(hasHalf !== false || isRequired)('is refused by an adapter without it, with the remedy', async () => {
  const folder = await workFolder();
  const { code, stderr } = await run(folder, [...half('half'), '--max-steps', '1']);
  expect(code).toBe(1);
  expect(stderr).toMatch(/error: device webgpu: webgpu on .* has no f16\. Remedy: compute in f32 \(`--precision f32`\)/);
});

it.skipIf(hasHalf !== true && !isRequired)('trains where the adapter has f16, and a run goes on with it', async () => {
  const folder = await workFolder();
  // the driver may warn on standard error
  expect(await run(folder, [...half('half'), '--max-steps', '1'])).toMatchObject({ code: 0 });
  expect(await run(folder, ['train', '--name', 'half', '--resume', '--max-steps', '2'])).toMatchObject({ code: 0 });
  expect(JSON.parse(await readFile(join(folder, 'runs', 'half', 'config.json'), 'utf8')).execution.precision).toBe('f16');
  expect((await checkpointOf(folder, 'half')).state.variables['lossScale/value']?.data[0]).toBeGreaterThan(0);
});
