/** Samples are told in short, and found again as they were. */
import { expect, it } from 'vitest';
import { samplesOf } from '../../../src/report/page/sample-list.ts';
import { SampleGroups, type ToldSample } from '../../../src/report/sample-groups.ts';

const stem = (step: number) => `step-${String(step).padStart(6, '0')}`;

function sample(step: number, { score }: { readonly score?: number } = {}): ToldSample {
  const scores = score === undefined ? {} : { fake: score };
  const paths = { real: 'samples/fixed/A-1/real.png', fake: `samples/fixed/A-1/${stem(step)}-fake.png` };
  return { step, grid: `samples/${stem(step)}.png`, pictures: [{ side: 'A', name: 'one.png', from: 'test', paths, scores }] };
}

it('tells samples with the same pictures once, and each as it was', () => {
  const told = [sample(500), sample(1000), sample(1500, { score: 0.5 }), sample(1_234_567, { score: 0.25 })];
  const groups = new SampleGroups();
  for (const one of told) groups.add(one);
  expect(groups.list).toHaveLength(2);
  expect(samplesOf({ samples: groups.list }).map((one) => one())).toEqual(told);
});

it('goes on after a step, without the samples that came later', () => {
  const before = new SampleGroups();
  for (const one of [sample(10), sample(20, { score: 0.5 }), sample(30), sample(40, { score: 0.25 })]) before.add(one);
  const again = SampleGroups.upTo(25, JSON.parse(JSON.stringify(before.list)));
  again.add(sample(30, { score: 1 }));
  expect(samplesOf({ samples: again.list }).map((one) => one())).toEqual([
    sample(10),
    sample(20, { score: 0.5 }),
    sample(30, { score: 1 }),
  ]);
});
