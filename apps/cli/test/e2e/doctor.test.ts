/** The command doctor on this machine, with engines that work, that are not there, that crash, and that hang. */
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { run, TINY, temporaryFolder, workFolder } from './program.ts';

/** As built: an engine is tried in a process of its own, which runs built files. */
const { checkEngine }: typeof import('../../src/engines/engine-check.ts') = await import(
  new URL('../../dist/engines/engine-check.js', import.meta.url).href
);

interface Report {
  readonly backend: string;
  readonly device: string;
  readonly works: boolean;
  readonly why: string;
  readonly remedy?: string;
}

/** Engines as `--backend --device`. */
function engine(reports: readonly Report[], name: string): Report | undefined {
  return reports.find(({ backend, device }) => `${backend} ${device}` === name);
}

/** An environment in which whatever the engine's process loads first does `what`. */
async function spoilt(what: string): Promise<NodeJS.ProcessEnv> {
  const file = join(await temporaryFolder(), 'spoil.cjs');
  await writeFile(file, `if (/engine-child/.test(process.argv[1] ?? '')) { ${what} }`);
  return { ...process.env, NODE_OPTIONS: `--require ${file}` };
}

describe('doctor', () => {
  it('tries every engine, and says what trainings take', async () => {
    const { code, stdout } = await run(await temporaryFolder(), ['doctor']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/--backend onnx --device cpu +yes +[\d.]+ GFLOP\/s {2}onnxruntime-node \d/);
    expect(stdout).toMatch(/--backend tfjs --device wasm +yes +[\d.]+ GFLOP\/s {2}TensorFlow\.js \d/);
    expect(stdout).toMatch(/--backend reference --device cpu +yes/);
    expect(stdout).toMatch(/--preset horse2zebra +\d\S* GB +\S+ \w+ +.* in all/);
    expect(stdout).toMatch(/--preset cityscapes .* for 1000 steps/);
    expect(stdout).toMatch(/--size 128 --ngf 32 --ndf 32 --blocks 6 +[\d.]+ [MG]B/);
  });

  it('prints the same as JSON, with remedies, and fails when the engine that is asked for does not work', async () => {
    const unthere = process.platform === 'win32' ? 'coreml' : 'dml';
    const { code, stdout } = await run(await temporaryFolder(), ['doctor', '--json', '--device', unthere]);
    expect(code).toBe(1);
    const { machine, engines, chosen, models } = JSON.parse(stdout);
    expect(machine.memory.free).toBeGreaterThan(0);
    expect(machine.node).toEqual({ version: process.versions.node, supported: true });
    expect(chosen).toEqual({ backend: 'onnx', device: unthere });
    expect(models).toEqual([]);
    expect(engine(engines, 'onnx cpu')).toMatchObject({ works: true, gflops: expect.any(Number) });
    if (process.platform !== 'linux') return;
    expect(engine(engines, 'onnx dml')).toMatchObject({ works: false, why: 'exists on Windows only: nothing to do here' });
    const cuda = engine(engines, 'onnx cuda');
    if (!existsSync('/dev/nvidia0') && process.arch === 'x64')
      expect(cuda).toMatchObject({ works: false, remedy: expect.stringContaining('CUDA') });
  });

  it('refuses an engine that is none before it tries any', async () => {
    const { code, stderr } = await run(await temporaryFolder(), ['doctor', '--backend', 'reference', '--device', 'cuda']);
    expect(code).toBe(2);
    expect(stderr).toContain('the reference backend does not have it');
  });
});

describe('an engine', () => {
  const cpu = { backend: 'onnx', device: 'cpu' } as const;

  it('that works says what it is', async () => {
    expect(await checkEngine(cpu)).toMatchObject({ works: true, why: expect.stringContaining('onnxruntime-node') });
  });

  it.skipIf(process.platform === 'win32')('that crashes takes nothing along', async () => {
    const report = await checkEngine(cpu, { env: await spoilt('process.abort();') });
    expect(report).toMatchObject({ works: false, why: expect.stringContaining('SIGABRT'), remedy: expect.stringContaining('npm ci') });
  });

  it('that ends its process is reported with its last words', async () => {
    const env = await spoilt("console.error('no library'); process.exit(3);");
    expect(await checkEngine(cpu, { env })).toMatchObject({ works: false, why: 'it ended its process with status 3: no library' });
  });

  it('that hangs is given up', async () => {
    const report = await checkEngine(cpu, { timeoutSeconds: 1, env: await spoilt('for (;;);') });
    expect(report).toMatchObject({ works: false, why: 'no answer within 1 s' });
  });

  it('that computes on the CPU in place of its device does not count', async () => {
    const report = await checkEngine({ ...cpu, provider: 'WebGpuExecutionProvider' });
    expect(report).toMatchObject({ works: false, why: expect.stringContaining('CPUExecutionProvider in its place') });
  });
});

it('train says what it takes before it starts', async () => {
  const { code, stdout } = await run(await workFolder(), ['train', '--data', 'data', ...TINY, '--name', 'x', '--max-steps', '1']);
  expect(code).toBe(0);
  expect(stdout.split('\n')[0]).toMatch(/^about \d+ MB of memory \(\d+\S* GB are free\)$/);
});
