/** What training will take, in words, and how near the estimate of memory comes to measured runs. */
import { createOnnxBackend } from '@cyclegan/backend-onnx';
import type { MemoryUse } from '@cyclegan/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeEstimate, memoryAdvice } from '../../src/estimate/run-estimate.ts';
import { estimateStep, pictureBytes } from '../../src/estimate/step-estimate.ts';
import { type GivenSettings, modelOf, resolveSettings } from '../../src/settings/settings.ts';

const MACHINE = { total: 25e9, free: 24e9 };

describe('the line before training', () => {
  const steps = { steps: 200 * 1067, about: '200 epochs of 1067 steps' };

  it('tells memory and time', () => {
    expect(describeEstimate({ bytes: 2.66e9, seconds: 4 }, MACHINE, steps)).toBe(
      'about 2.7 GB of memory (24 GB are free) and 4.0 s a step: 9 d 21 h for 200 epochs of 1067 steps',
    );
  });

  it('leaves out the time that was not measured, and the memory of the machine where another is used', () => {
    expect(describeEstimate({ bytes: 151e6 }, MACHINE, steps)).toBe('about 150 MB of memory (24 GB are free)');
    expect(describeEstimate({ bytes: 1.2e9, seconds: 0.0812 }, 'cuda', { steps: 100, about: '100 steps' })).toBe(
      'about 1.2 GB of memory on cuda and 81 ms a step: 8 s for 100 steps',
    );
  });
});

describe('advice about memory', () => {
  const little = { total: 4e9, free: 2e9 };

  it('names the remedies where it does not suffice', () => {
    expect(memoryAdvice({ bytes: 3e9, lowBytes: 1.9e9 }, little)).toMatch(
      /about 3\.0 GB .*2\.0 GB are free.*--memory low takes 1\.9 GB\..*--size.*--ngf/,
    );
    expect(memoryAdvice({ bytes: 3e9 }, little)).not.toContain('--memory low');
  });

  it('says nothing where it does, and of a device', () => {
    expect(memoryAdvice({ bytes: 1.9e9 }, little)).toBeUndefined();
    expect(memoryAdvice({ bytes: 3e9 }, 'cuda')).toBeUndefined();
  });
});

describe('the memory of a training on the CPU', () => {
  let backend: Awaited<ReturnType<typeof createOnnxBackend>>;
  beforeAll(async () => {
    backend = await createOnnxBackend();
  });
  afterAll(() => backend.dispose());

  // peak memory in 2^20 bytes of a process that makes steps and saves nothing, two threads; the first three are those of docs/performance.md
  it.each<[GivenSettings, MemoryUse, number]>([
    [{ size: 64, ngf: 32, ndf: 32, blocks: 6 }, 'fast', 450],
    [{ size: 128 }, 'fast', 1897],
    [{ size: 256 }, 'fast', 2648],
    [{ size: 128, ngf: 32, ndf: 32, blocks: 6 }, 'fast', 765],
    [{ size: 128, generator: 'unet' }, 'fast', 2646],
    [{ model: 'pix2pix', size: 256 }, 'fast', 1749],
    [{ size: 64, ngf: 32, ndf: 32, blocks: 6, batchSize: 4 }, 'fast', 764],
    [{ size: 128, norm: 'batch' }, 'fast', 1725],
    [{ size: 256 }, 'low', 2348],
    [{ size: 64 }, 'low', 1245],
  ])('of %j, %s, is within a seventh of %d MB', (given, memory, measured) => {
    const { bytes, held } = estimateStep(modelOf(resolveSettings(given)), backend, { memory });
    const ofSteps = (bytes - held.variables) / 2 ** 20;
    expect(Math.abs(ofSteps / measured - 1)).toBeLessThan(1 / 7);
  });

  it('holds decoded pictures, as far as the cache goes', () => {
    const kept = { loadHeight: 10, loadWidth: 20, channelsA: 3, channelsB: 1, bitDepth: 16 };
    expect(pictureBytes(kept, [4, 5])).toBe(10 * 20 * (4 * 3 + 5) * 2);
    expect(pictureBytes(kept, [4e6, 5], 3)).toBe(3 * 2 ** 20);
    expect(pictureBytes(kept, [4, 5], 0)).toBe(0);
  });
});
