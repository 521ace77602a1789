/** The bench as it is called, on a model so small that a step takes milliseconds. */
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const SCRIPT = fileURLToPath(new URL('../../bench.ts', import.meta.url));
const CALL = ['--import', 'tsx', '--conditions=source', SCRIPT, ...'--size 32 --ngf 2 --blocks 1 --steps 2 --threads 1'.split(' ')];

/** What it prints with further options. */
async function bench(...options: string[]): Promise<string> {
  return (await promisify(execFile)(process.execPath, [...CALL, ...options])).stdout;
}

it('prints one line of JSON with what other programs are compared in', async () => {
  const output = await bench('--json');
  expect(output.trim().split('\n')).toHaveLength(1);
  const measurement = JSON.parse(output);
  expect(measurement).toMatchObject({ device: 'cpu', threads: 1, size: 32, ngf: 2, blocks: 1, batch: 1 });
  for (const seconds of [measurement.stepSeconds, measurement.generatorSeconds]) {
    expect(seconds.min).toBeGreaterThan(0);
    expect(seconds.median).toBeGreaterThanOrEqual(seconds.min);
  }
  expect(measurement.peakMB).toBeGreaterThan(50);
});

it('measures another program in turn, with the same options', async () => {
  const step = { min: 1000, median: 1000 };
  const report = {
    engine: 'slow',
    device: 'cpu',
    ...{ threads: 1, ngf: 2, blocks: 1, batch: 1, stepSeconds: step, generatorSeconds: step },
  };
  // prints the size that it is given; a command of any shell
  const program = `const [flag, size] = process.argv.slice(1); console.log(JSON.stringify({...${JSON.stringify(report)}, peakMB: 1e6, [flag.slice(2)]: +size}))`;
  const peer = `"${process.execPath}" -e "eval(decodeURIComponent('${encodeURIComponent(program).replaceAll("'", '%27')}'))" --`;
  const { comparisons } = JSON.parse(await bench('--against', peer, '--rounds', '2', '--json'));
  expect(comparisons).toHaveLength(1);
  expect(comparisons[0].peers[0]).toMatchObject({ engine: 'slow', command: peer, step: { median: 1000, spread: 1 } });
  for (const { ratio, ours, theirs } of Object.values<Record<string, number>>(comparisons[0].ratios)) {
    expect(ratio).toBeLessThan(1);
    expect(ratio).toBe(Number(ours) / Number(theirs));
  }
});

it('tells where the time of a step goes', async () => {
  const output = await bench('--profile');
  for (const kind of ['Conv', 'conv2d', 'genAB/block0', 'discA/layer0']) expect(output).toMatch(new RegExp(`^\\| ${kind} +\\|`, 'm'));
});

it('compares the end of a long training with its start', async () => {
  const { steps, start, ratio } = JSON.parse(await bench('--minutes', '0.01'));
  expect(steps).toBeGreaterThan(0);
  expect(start.rssMB).toBeGreaterThan(50);
  expect(ratio.seconds).toBeGreaterThan(0);
});

it('measures engines in turn, and says which is not there', async () => {
  const absent = process.platform === 'win32' ? 'onnx:coreml' : 'onnx:dml';
  const call = promisify(execFile)(process.execPath, [...CALL, '--backends', `onnx,${absent},tfjs:wasm`, '--rounds', '1', '--json']);
  const { stdout, stderr } = await call;
  const { comparisons } = JSON.parse(stdout);
  expect(comparisons[0].ours.engine).toMatch(/^cyclegan, onnx on cpu: /);
  expect(comparisons[0].peers).toMatchObject([{ engine: expect.stringMatching(/^cyclegan, tfjs on wasm: /), command: 'tfjs:wasm' }]);
  expect(stderr).toMatch(/Remedy: .*\n.*left out, since it is not there as said above: onnx:/);
});

it('trains for so many steps', async () => {
  const { engine, steps, start, end } = JSON.parse(await bench('--backends', 'tfjs:wasm', '--train-steps', '3'));
  expect({ engine, steps }).toEqual({ engine: 'tfjs:wasm', steps: 3 });
  expect(end.liveTensors).toBe(start.liveTensors);
});
