/** How measurements become figures and ratios, and a report of them. */
import { describe, expect, it } from 'vitest';
import { compare, summarise } from '../../../bench/comparison.ts';
import { argumentsOf, nameOf } from '../../../bench/configuration.ts';
import { type Measurement, parseMeasurement } from '../../../bench/measurement.ts';
import { comparisonsToMarkdown } from '../../../bench/report.ts';
import { figureOf, median } from '../../../bench/statistics.ts';

const CONFIGURATION = { size: 64, ngf: 32, blocks: 6, batch: 1, steps: 5, threads: 2 };
const MACHINE = { cpu: 'a CPU', cores: 2, memoryGB: 8, node: 'v20', threads: 2, load: 0.04, date: '2026-01-31' };

function measurement(step: number, generator: number, peakMB: number): Measurement {
  const seconds = (median: number) => ({ min: median / 2, median });
  return {
    ...{ engine: 'some engine', device: 'cpu', threads: 2, size: 64, ngf: 32, blocks: 6, batch: 1 },
    ...{ stepSeconds: seconds(step), generatorSeconds: seconds(generator), peakMB },
  };
}

const OURS = summarise([measurement(1, 0.3, 600), measurement(4, 0.1, 600), measurement(2, 0.2, 600)]);
const CONTIGUOUS = summarise([measurement(4, 0.8, 1200)], 'contiguous');
const CHANNELS_LAST = summarise([measurement(5, 0.4, 1000)], 'channels last');

describe('figures', () => {
  it.each([
    [[3], 3],
    [[3, 1, 2], 2],
    [[4, 1, 3, 2], 2.5],
  ])('the median of %j is %d', (values, expected) => expect(median(values)).toBe(expected));

  it('tell the least, the median and the spread', () => {
    expect(figureOf([2, 1, 4])).toEqual({ min: 1, median: 2, spread: 4 });
  });

  it('of a program are those of the medians of its rounds', () => {
    expect(OURS.step).toEqual({ min: 1, median: 2, spread: 4 });
    expect(OURS.generator.median).toBe(0.2);
    expect(OURS.memory.spread).toBe(1);
  });
});

describe('ratios', () => {
  it('are to the best of the peers in each quantity', () => {
    expect(compare(CONFIGURATION, OURS, [CONTIGUOUS, CHANNELS_LAST]).ratios).toEqual({
      step: { ratio: 0.5, ours: 2, theirs: 4, peer: 'contiguous' },
      generator: { ratio: 0.5, ours: 0.2, theirs: 0.4, peer: 'channels last' },
      memory: { ratio: 0.6, ours: 600, theirs: 1000, peer: 'channels last' },
    });
  });

  it('are none without a peer', () => {
    expect(compare(CONFIGURATION, OURS, []).ratios).toBeUndefined();
  });
});

describe('a report', () => {
  it('shows all programs and the ratios', () => {
    const text = comparisonsToMarkdown(MACHINE, [compare(CONFIGURATION, OURS, [CONTIGUOUS])]);
    expect(text).toContain('2026-01-31: a CPU, 2 cores, 8 GB of memory; Node v20; 2 threads; load 0.0 before.');
    expect(text).toMatch(/\| 64\/32\/6 +\| some engine +\| 2\.00 \(4\.00\) \| 0\.200 \(3\.00\) \| +600 \(1\.00\) \|/);
    expect(text).toMatch(/\| 64\/32\/6 +\| contiguous +\| 4\.00 \(1\.00\) \| 0\.800 \(1\.00\) \| +1200 \(1\.00\) \|/);
    expect(text).toMatch(/\| 64\/32\/6 +\| 0\.50 +\| +0\.25 \| +0\.50 \|$/);
  });

  it('says that ratios are unmeasured where nobody else ran', () => {
    expect(comparisonsToMarkdown(MACHINE, [compare(CONFIGURATION, OURS, [])])).toMatch(/\| unmeasured \| unmeasured \| unmeasured \|$/);
  });
});

describe('what a program prints', () => {
  it('is read from its last line that is a measurement', () => {
    const [first, last] = [measurement(1, 1, 1), measurement(2, 2, 2)];
    const output = `warming up\n${JSON.stringify(first)}\n${JSON.stringify({ ...last, extra: true })}\n{"done": true}\nbye\n`;
    expect(parseMeasurement(output)).toEqual(last);
  });

  it('is refused, its last line shown, when none is', () => {
    expect(() => parseMeasurement('{"engine": "torch"}\nout of memory\n')).toThrow(/no line is a measurement.*out of memory$/);
  });
});

describe('a configuration', () => {
  it('is handed to other programs as options', () => {
    expect(argumentsOf(CONFIGURATION).join(' ')).toBe('--size 64 --ngf 32 --blocks 6 --steps 5 --threads 2');
    expect(argumentsOf({ ...CONFIGURATION, batch: 4 }).slice(-2)).toEqual(['--batch', '4']);
  });

  it('has a short name', () => {
    expect(nameOf(CONFIGURATION)).toBe('64/32/6');
    expect(nameOf({ ...CONFIGURATION, batch: 4 })).toBe('64/32/6 x 4');
  });
});
