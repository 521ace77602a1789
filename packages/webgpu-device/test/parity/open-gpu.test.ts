/** A device is opened, computes, and lets the process end. Needs an adapter, if only one in software. */
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';

const run = promisify(execFile);

const PROGRAM = `
  import { openGpu } from '@cyclegan/webgpu-device';
  const gpu = await openGpu({ software: true });
  const { device, description, software } = gpu;
  // an instance of Dawn that is collected takes its devices with it
  globalThis.gc();
  const usage = GPUBufferUsage;
  const buffer = device.createBuffer({ size: 16, usage: usage.STORAGE | usage.COPY_SRC | usage.COPY_DST });
  const result = device.createBuffer({ size: 16, usage: usage.MAP_READ | usage.COPY_DST });
  device.queue.writeBuffer(buffer, 0, new Float32Array([1, 2, 3, 4]));
  const code = '@group(0) @binding(0) var<storage, read_write> x: array<f32>; @compute @workgroup_size(4) fn main(@builtin(local_invocation_index) i: u32) { x[i] = 2 * x[i]; }';
  const pipeline = device.createComputePipeline({ layout: 'auto', compute: { module: device.createShaderModule({ code }) } });
  const encoder = device.createCommandEncoder();
  const pass = encoder.beginComputePass();
  pass.setPipeline(pipeline);
  pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries: [{ binding: 0, resource: { buffer } }] }));
  pass.dispatchWorkgroups(1);
  pass.end();
  encoder.copyBufferToBuffer(buffer, 0, result, 0, 16);
  device.queue.submit([encoder.finish()]);
  await result.mapAsync(GPUMapMode.READ);
  console.log(JSON.stringify({ values: [...new Float32Array(result.getMappedRange())], description, software }));
  gpu.dispose();
`;

const IDLE = `
  import { openGpu } from '@cyclegan/webgpu-device';
  const gpu = await openGpu({ software: true });
  let turns = 0;
  const count = () => { turns += 1; next = setImmediate(count); };
  let next = setImmediate(count);
  const begun = performance.now();
  await new Promise((resolve) => setTimeout(resolve, 300));
  clearImmediate(next);
  console.log(JSON.stringify({ turns, milliseconds: performance.now() - begun }));
  gpu.dispose();
`;

function runProgram(program: string): Promise<string> {
  const args = ['--import=tsx', '--conditions=source', '--expose-gc', '--input-type=module', '--eval', program];
  return run(process.execPath, args, { cwd: new URL('../..', import.meta.url), timeout: 60_000 }).then(({ stdout }) => stdout);
}

describe('a WebGPU device', () => {
  it('computes in software where that is asked for, says so, and lets the process end', async () => {
    const stdout = await runProgram(PROGRAM);
    expect(JSON.parse(stdout)).toEqual({
      values: [2, 4, 6, 8],
      description: expect.stringContaining('software on the CPU'),
      software: true,
    });
  });

  it('leaves the processor to others while nothing is computed', async () => {
    const { turns, milliseconds } = JSON.parse(await runProgram(IDLE)) as { readonly turns: number; readonly milliseconds: number };
    // hundreds without pauses, five at most when each turn sleeps 0.2 ms
    expect(turns / milliseconds).toBeLessThan(10);
  });
});
