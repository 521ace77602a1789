/** Counts the answers that came back from a study: how often generated pictures were taken for real (paper, 5.1.1 and table 1). */
import { type BootstrapOptions, estimateMean, type Interval, summarise } from '@cyclegan/eval';
import { z } from 'zod';
import { RunError } from '../errors.ts';
import { readJson } from './json-file.ts';
import type { StudyKey } from './key.ts';
import type { Answers } from './study-data.ts';

const text = z.string().min(1);

const answersSchema = z.strictObject({
  study: text,
  person: text,
  ended: text,
  trials: z.array(z.strictObject({ shown: z.tuple([text, text]), chosen: text, seconds: z.number() })),
});

/** The answers in a file; throws RunError, naming it, when it holds something else. */
export function readAnswers(path: string): Promise<Answers> {
  return readJson(path, answersSchema, 'give files that the page of a study has saved');
}

/** Answers, and the file that they came in. */
export interface GivenAnswers {
  readonly path: string;
  readonly answers: Answers;
}

/** How often people took generated pictures for real. */
export interface FoolingRate {
  /** Mean of the shares of the people. */
  readonly rate: number;
  /** The standard error of that mean, and a bootstrap interval of 95 % over people; there for two and more. */
  readonly standardError?: number;
  readonly interval?: Interval;
  readonly people: number;
  readonly trials: number;
  /** By the name of the generated picture, the most convincing first. */
  readonly pictures: readonly { readonly name: string; readonly shown: number; readonly takenForReal: number }[];
}

/** The answers that count, each person's once, and why others do not. */
export function sortAnswers({ study, trials }: StudyKey, given: readonly GivenAnswers[]): { counted: GivenAnswers[]; leftOut: string[] } {
  const people = new Set<string>();
  const leftOut: string[] = [];
  const counted = given.filter(({ path, answers }) => {
    const why =
      answers.study !== study
        ? 'they are of another study'
        : people.has(answers.person)
          ? 'they came in another file as well'
          : answers.trials.length < trials
            ? `they are ${answers.trials.length} of ${trials}`
            : undefined;
    if (why !== undefined) leftOut.push(`the answers in ${path} are left out: ${why}.`);
    else people.add(answers.person);
    return why === undefined;
  });
  return { counted, leftOut };
}

/** Counts them; throws RunError for none, and for answers about pairs that the study does not have. */
export function foolingRate({ pairs }: StudyKey, given: readonly GivenAnswers[], options: BootstrapOptions = {}): FoolingRate {
  if (given.length === 0) throw new RunError('there are no answers to count: give files that the page of this study has saved.');
  const partners = new Map(pairs.map(({ generated, files }) => [files.generated, { name: generated, real: files.real }]));
  const pictures = new Map<string, { shown: number; takenForReal: number }>();
  const shares = given.map(({ path, answers: { trials } }) => {
    let fooled = 0;
    const judged = new Set<string>();
    for (const { shown, chosen } of trials) {
      const generated = shown.find((file) => partners.has(file)) ?? '';
      const partner = partners.get(generated);
      if (partner === undefined || !shown.includes(partner.real) || !shown.includes(chosen) || judged.has(generated))
        throw new RunError(
          `${path} was changed: it has answers about pairs that the study does not have, or about one twice. Leave it out.`,
        );
      judged.add(generated);
      const isFooled = chosen === generated;
      if (isFooled) fooled++;
      const { shown: before, takenForReal } = pictures.get(partner.name) ?? { shown: 0, takenForReal: 0 };
      pictures.set(partner.name, { shown: before + 1, takenForReal: takenForReal + (isFooled ? 1 : 0) });
    }
    return fooled / trials.length;
  });
  const share = ({ shown, takenForReal }: { shown: number; takenForReal: number }) => takenForReal / shown;
  const { mean, standardError } = summarise(shares);
  return {
    rate: mean,
    ...(given.length > 1 ? { standardError, interval: estimateMean(shares, options).interval } : {}),
    people: given.length,
    trials: given.reduce((total, { answers }) => total + answers.trials.length, 0),
    pictures: [...pictures]
      .map(([name, counts]) => ({ name, ...counts }))
      .sort((a, b) => share(b) - share(a) || (a.name < b.name ? -1 : 1)),
  };
}
