/** The names of event files. */
import { expect, it } from 'vitest';
import { nextName } from '../../src/runs/tensorboard-log.ts';

it('names event files so that they are read in the order of their sessions', () => {
  const first = nextName([], 1_700_000_000.9);
  expect(first).toBe('events.out.tfevents.1700000000.cyclegan');
  // within the same second, after the clock went back, and beside files of others
  const second = nextName([first], 1_700_000_000.95);
  const third = nextName([second, 'events.out.tfevents.9999999999.host', first], 1_600_000_000);
  expect([third, second, first].sort()).toEqual([first, second, third]);
  expect(nextName([first, second, third], 1_800_000_000)).toContain('1800000000');
});
