/** The parity suite as it is called: what it prints, and with which status it ends. */
import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

function parity(args: readonly string[], env: NodeJS.ProcessEnv = {}): Promise<{ status: number | null; output: string }> {
  const script = ['--conditions=source', '--import', 'tsx', 'scripts/parity.ts'];
  const child = spawn(process.execPath, [...script, ...args], { cwd: ROOT, env: { ...process.env, REQUIRE_BACKENDS: '', ...env } });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      output += data;
    });
  }
  return new Promise((resolve) => child.on('close', (status) => resolve({ status, output })));
}

it('runs op cases and golden runs by their names, and writes what came of them', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-parity-test-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const json = join(folder, 'report.json');
  const choice = ['--case', 'exp: ', '--golden', 'pix2pix-resnet2', '--dir', 'golden'];
  const { status, output } = await parity(['--engines', 'reference:cpu,onnx:cpu', ...choice, '--json', json]);
  expect(output).toMatch(/onnx:cpu +(\d+)\/\1 .* 1\/1 /);
  expect(output).toContain('2 engines ran, 0 absent, 0 failures.');
  expect(status).toBe(0);
  const reports = JSON.parse(await readFile(json, 'utf8'));
  expect(reports.map(({ name }: { readonly name: string }) => name)).toEqual(['reference:cpu', 'onnx:cpu']);
  const sections = reports[1].results.map(({ section }: { readonly section: string }) => section);
  expect(sections).toEqual(['ops', 'golden']);
});

// elsewhere than on Linux the environment does not decide which drivers there are
it.runIf(process.platform === 'linux')('names an engine that is absent, and fails when it is required', async () => {
  const args = ['--engines', 'onnx:webgpu', '--case', 'exp: '];
  const without = { VK_DRIVER_FILES: '/nowhere' };
  const absent = await parity(args, without);
  expect(absent.output).toContain('onnx:webgpu is absent, so nothing is known of it: ');
  expect(absent.output).toContain('Remedy: ');
  expect(absent.status).toBe(0);
  const required = await parity(args, { ...without, REQUIRE_BACKENDS: 'all' });
  expect(required.output).toContain('FAILED onnx:webgpu: REQUIRE_BACKENDS asks for it, and it is absent.');
  expect(required.status).toBe(1);
});

it('refuses names that it does not know', async () => {
  expect(await parity(['--engines', 'abacus'])).toMatchObject({
    status: 2,
    output: expect.stringContaining('abacus: there is no such engine'),
  });
  const required = await parity(['--case', 'exp: '], { REQUIRE_BACKENDS: 'abacus' });
  expect(required).toMatchObject({ status: 2, output: expect.stringContaining('abacus: there is no such engine') });
  expect(await parity(['--case', 'nothing like it'])).toMatchObject({ status: 2, output: expect.stringContaining('no op case') });
});
