/** The scale of losses: gradients stay what they are, an overflow skips the update, and the scale grows when there is none for long. */
import { describe, expect, it } from 'vitest';
import { f32Scalar, type HostTensor, LOSS_SCALE, type TensorRecord, traceStep } from '../../../src/index.ts';
import { difference } from '../../../src/testing/index.ts';
import { livelyValues, runOnce, tinyFeeds, tinyModel } from './tiny.ts';

const model = tinyModel();
const graph = traceStep(model, { precision: 'f16' });
const plain = traceStep(model);
const SCALE = 'lossScale/value';
const GOOD_STEPS = 'lossScale/goodSteps';

const numberOf = (record: TensorRecord, name: string) => record[name]?.data[0];

/** The variables after a step in f64 that began with some scale and count. */
async function stepped(scale: number, goodSteps = 0, feeds: TensorRecord = {}) {
  const before: TensorRecord = { ...livelyValues(graph), [SCALE]: f32Scalar(scale), [GOOD_STEPS]: f32Scalar(goodSteps) };
  const { state, outputs } = await runOnce(graph, { ...tinyFeeds(model, graph), ...feeds }, before);
  return { before, state, outputs };
}

describe('the loss scale', () => {
  it('is no part of a step in f32', () => {
    expect([...plain.variables.keys()].filter((name) => name.startsWith('lossScale'))).toEqual([]);
    expect([...graph.variables.keys()].filter((name) => !plain.variables.has(name))).toEqual([SCALE, GOOD_STEPS]);
  });

  it('leaves losses and updates as they are', async () => {
    const { state } = await stepped(LOSS_SCALE.initial);
    const expected = await runOnce(plain, tinyFeeds(model, plain), livelyValues(plain));
    for (const [name, value] of Object.entries(expected.state)) {
      expect(difference(state[name] as HostTensor, value).error, name).toBeLessThan(1e-9);
    }
    expect([numberOf(state, SCALE), numberOf(state, GOOD_STEPS)]).toEqual([LOSS_SCALE.initial, 1]);
  });

  it('is halved by an overflow, and nothing else changes', async () => {
    // beyond 1e308 there is infinity in f64 as well
    const { before, state } = await stepped(2 ** 1023, 7);
    expect(numberOf(state, SCALE)).toBe(2 ** 1022);
    expect(numberOf(state, GOOD_STEPS)).toBe(0);
    const others = Object.keys(before).filter((name) => !name.startsWith('lossScale/'));
    for (const name of others) expect([...(state[name]?.data ?? [])], name).toEqual([...(before[name]?.data ?? [])]);
  });

  it('doubles after many steps without an overflow, up to a bound, and begins to count anew', async () => {
    const { state } = await stepped(1024, LOSS_SCALE.growthInterval - 1);
    expect([numberOf(state, SCALE), numberOf(state, GOOD_STEPS)]).toEqual([2048, 0]);
    const bounded = await stepped(LOSS_SCALE.largest, LOSS_SCALE.growthInterval - 1);
    expect(numberOf(bounded.state, SCALE)).toBe(LOSS_SCALE.largest);
  });

  it('tells which one a step has used, and falls below the least when gradients overflow with that', async () => {
    // gradients are in proportion to it
    const { outputs, state } = await stepped(LOSS_SCALE.least, 7, { 'weight/cycleA': f32Scalar(2 ** 1000) });
    expect(numberOf(outputs, SCALE)).toBe(LOSS_SCALE.least);
    expect(numberOf(state, SCALE)).toBe(LOSS_SCALE.least / 2);
  });
});
