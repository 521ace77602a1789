/** How the events of a profile add up, and how a long run is judged. */
import { describe, expect, it } from 'vitest';
import { enduranceOf } from '../../../bench/endurance.ts';
import { type ProfileEvent, parseProfile, profileOf, profileToMarkdown } from '../../../bench/profile.ts';

function run(ts: number, dur: number): ProfileEvent {
  return { cat: 'Session', name: 'model_run', ts, dur, args: {} };
}

function node(ts: number, dur: number, name: string): ProfileEvent {
  return { cat: 'Node', name: `${name}_kernel_time`, ts, dur, args: { op_name: name.split('/').at(-1)?.split('~')[0] ?? '' } };
}

/** A first run, which does not count, and two more; not in order. */
const EVENTS: readonly ProfileEvent[] = [
  run(2000, 10_000),
  run(0, 1000),
  { cat: 'Session', name: 'session_initialization', ts: 0, dur: 5, args: {} },
  node(10, 999, 'genAB/block0/conv2d1/Conv'),
  node(2001, 3000, 'genAB/block0/conv2d1/Conv'),
  node(2002, 1000, 'identityA/genAB/block0/conv2d2/Conv~1'),
  node(2003, 2000, 'grad/genAB/block0/conv2dWeightGrad3/Conv~2'),
  node(2004, 500, 'adam/genAB/block0/weight/mul4/Mul'),
  node(2005, 100, 'discB/discB/layer0/add5/Add'),
  node(2006, 100, 'discB/add6/Add~1'),
  { ...node(2006, 7, 'discB/add6/Add~1'), name: 'discB/add6/Add~1_fence_before' },
  run(20_000, 6000),
  node(20_001, 5000, 'genAB/block0/conv2d1/Conv'),
];

describe('a profile', () => {
  const profile = profileOf(EVENTS);

  it('is the mean of the runs but the first', () => {
    expect(profile).toMatchObject({ steps: 2, ms: 8, nodesMs: 5.85 });
  });

  it('adds up by operator', () => {
    expect(profile.operators).toEqual([
      { name: 'Conv', ms: 5.5, gradMs: 1, nodes: 2 },
      { name: 'Mul', ms: 0.25, gradMs: 0, nodes: 1 },
      { name: 'Add', ms: 0.1, gradMs: 0, nodes: 1 },
    ]);
  });

  it('adds up by op of the graph', () => {
    expect(profile.ops.map(({ name, ms }) => [name, ms])).toEqual([
      ['conv2d', 4.5],
      ['conv2dWeightGrad', 1],
      ['mul', 0.25],
      ['add', 0.1],
    ]);
  });

  it('adds up by layer, whatever it was applied for', () => {
    expect(profile.layers.map(({ name, ms }) => [name, ms])).toEqual([
      ['genAB/block0', 5.5],
      ['adam/genAB', 0.25],
      ['discB/layer0', 0.05],
      ['discB', 0.05],
    ]);
  });

  it('is told in tables', () => {
    const text = profileToMarkdown(profile);
    expect(text).toMatch(/^A step takes 8\.0 ms, its nodes 5\.8 ms of it/);
    expect(text).toMatch(/\| Conv +\| 5\.50 \| +68\.8 \| +1\.00 \| +2 \|/);
  });

  it('needs two runs', () => {
    expect(() => profileOf(EVENTS.slice(1))).not.toThrow();
    expect(() => profileOf(EVENTS.slice(1, -2))).toThrow('two runs at least');
  });

  it('is read from JSON, what is of no use left out', () => {
    const [first] = EVENTS;
    expect(parseProfile(JSON.stringify([{ ...first, pid: 1 }]))).toEqual([first]);
    expect(() => parseProfile('[{"cat": "Node"}]')).toThrow('name');
  });
});

it('compares the last tenth of a long run with the first', () => {
  const steps = Array.from({ length: 30 }, (_, at) => ({ seconds: at < 15 ? 1 : 2, rssMB: 100 + at }));
  expect(enduranceOf(steps)).toEqual({
    steps: 30,
    start: { seconds: 1, rssMB: 101 },
    end: { seconds: 2, rssMB: 128 },
    ratio: { seconds: 2, rssMB: 128 / 101 },
  });
});
