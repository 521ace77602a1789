/** What answers of a study come to, and which do not count. */
import { describe, expect, it } from 'vitest';
import { foolingRate, sortAnswers } from '../../../src/study/answers.ts';
import type { StudyKey } from '../../../src/study/key.ts';

const pair = (name: string) => ({ real: name, generated: name, files: { real: `real-${name}`, generated: `made-${name}` } });
const key: StudyKey = {
  version: 1,
  study: 'maps',
  about: '',
  inputs: {},
  seed: 0,
  seconds: 1,
  trials: 4,
  practice: [],
  pairs: ['a', 'b', 'c', 'd'].map(pair),
};

/** Answers of a person who takes the generated pictures of these names for real. */
function answersOf(person: string, fooledBy: string, names = 'abcd') {
  const trials = [...names].map((name, at) => {
    const [real, made] = [`real-${name}`, `made-${name}`];
    const shown: [string, string] = at % 2 === 0 ? [real, made] : [made, real];
    return { shown, chosen: fooledBy.includes(name) ? made : real, seconds: 1 };
  });
  return { path: `${person}.json`, answers: { study: 'maps', person, ended: '2026-01-01T00:00:00Z', trials } };
}

describe('the rate', () => {
  it('is the mean of the shares of people, with its error, and counts pictures', () => {
    const rate = foolingRate(key, [answersOf('x', ''), answersOf('y', 'ab'), answersOf('z', 'a')]);
    // shares 0, 1/2 and 1/4: their deviation is 1/4
    expect(rate).toMatchObject({ rate: 0.25, people: 3, trials: 12 });
    expect(rate.standardError).toBeCloseTo(0.25 / Math.sqrt(3), 12);
    expect(rate.interval?.low).toBeLessThan(0.25);
    expect(rate.interval?.high).toBeGreaterThan(0.25);
    expect(rate.pictures.map(({ name, takenForReal }) => `${name}${takenForReal}`)).toEqual(['a2', 'b1', 'c0', 'd0']);
  });

  it('is 0 where all are right, and 1 where all are wrong', () => {
    expect(foolingRate(key, [answersOf('x', ''), answersOf('y', '')]).rate).toBe(0);
    expect(foolingRate(key, [answersOf('x', 'abcd'), answersOf('y', 'abcd')])).toMatchObject({ rate: 1, interval: { low: 1, high: 1 } });
  });

  it('has no error and no interval of one person', () => {
    const { standardError, interval, people } = foolingRate(key, [answersOf('x', 'ab')]);
    expect({ standardError, interval, people }).toEqual({ standardError: undefined, interval: undefined, people: 1 });
  });

  it('is of pairs that the study has, or there is none', () => {
    const { path, answers } = answersOf('x', '');
    const changed = (trial: object) => ({
      path,
      answers: { ...answers, trials: [{ ...answers.trials[0], ...trial }] as typeof answers.trials },
    });
    for (const trial of [{ shown: ['real-a', 'made-b'] }, { shown: ['real-a', 'real-b'] }, { chosen: 'made-d' }])
      expect(() => foolingRate(key, [changed(trial)])).toThrow('x.json was changed');
    expect(() => foolingRate(key, [answersOf('x', '', 'abca')])).toThrow('x.json was changed');
    expect(() => foolingRate(key, [])).toThrow('no answers');
  });
});

it('answers count once for a person, when they are whole and of the study', () => {
  const other = answersOf('w', '');
  const given = [
    answersOf('x', ''),
    answersOf('x', 'a'),
    answersOf('y', '', 'abc'),
    { ...other, answers: { ...other.answers, study: 'zebras' } },
  ];
  const { counted, leftOut } = sortAnswers(key, given);
  expect(counted).toEqual([given[0]]);
  expect(leftOut.map((why) => why.split(': ')[1])).toEqual([
    'they came in another file as well.',
    'they are 3 of 4.',
    'they are of another study.',
  ]);
});
