/** What `cyclegan study` does: makes a study, or counts the answers that came back. */
import { join } from 'node:path';
import type { Direction } from '@cyclegan/core';
import { glob } from 'tinyglobby';
import { EXIT, UsageError } from '../errors.ts';
import { aloneWarnings } from '../evaluate/label-maps.ts';
import { chosenSet, openSources, type SourceOptions } from '../evaluate/sources.ts';
import { blockLines, percent } from '../evaluate/table.ts';
import { kindOfPath, writeFileAtomic } from '../files.ts';
import { shellWord } from '../shell.ts';
import { foolingRate, readAnswers, sortAnswers } from '../study/answers.ts';
import { readKey } from '../study/key.ts';
import { makeStudy, refuseExisting, type StudyOptions } from '../study/make-study.ts';
import { warn } from '../terminal/messages.ts';

/** What was asked for. */
export interface StudyCall extends SourceOptions, StudyOptions {
  readonly direction?: Direction;
  /** A folder of real pictures. */
  readonly real?: string;
  /** Files of answers to count, in place of making a study. */
  readonly answers?: readonly string[];
}

/** Makes a study or counts its answers; the exit status. Throws UsageError for a contradiction, RunError for what cannot be read or counted. */
export async function study(call: StudyCall): Promise<number> {
  if (call.answers !== undefined) return count(call.answers, call);
  const { run, generated, real, direction = 'AtoB', ...options } = call;
  if ((run === undefined) === (generated === undefined))
    throw new UsageError(
      'give --run RUN, whose test pictures are then translated, --generated DIR with translations, or --answers FILE ..., one of them.',
    );
  if (call.pairs !== undefined && call.pairs < call.trials)
    throw new UsageError(`--pairs ${call.pairs}: everybody judges ${call.trials} (--trials), so that there have to be as many.`);
  await refuseExisting(call.out);
  const sources = await openSources(call);
  try {
    const { generated: made, target } = await sources.translations(direction);
    const truth = await chosenSet('--real', real, target, 'the pictures that translations should look like');
    const { page, key, pairs, alone, reshaped } = await makeStudy({ real: truth, generated: made, inputs: sources.inputs }, options);
    for (const warning of aloneWarnings(alone)) warn(warning);
    // what a run makes is stretched as the pictures that it learnt from
    if (generated !== undefined && reshaped > 0)
      warn(
        `${reshaped} real pictures have another shape than the generated ones and are stretched, which may give them away: cut them first.`,
      );
    process.stdout.write(
      `${page}: ${pairs} pairs, of which everybody judges ${options.trials}, after ${options.practice} for practice.\n` +
        `Let people open it, from a disk or a server; its folder is all that they need. ${key} says which pictures are real: keep it.\n` +
        `Then count the files that they send, in a folder of their own: cyclegan study --out ${shellWord(call.out)} --answers FOLDER\n`,
    );
  } finally {
    await sources.dispose();
  }
  return EXIT.done;
}

/** Files of answers that were named, or that lie in folders, or match patterns; throws UsageError for none. */
async function filesOf(named: readonly string[]): Promise<string[]> {
  const found: string[] = [];
  for (const path of named) {
    const kind = await kindOfPath(path);
    const matches =
      kind === 'file'
        ? [path]
        : kind === 'folder'
          ? (await glob('*.json', { cwd: path })).map((name) => join(path, name))
          : await glob(path.replaceAll('\\', '/'), { expandDirectories: false });
    if (matches.length === 0)
      throw new UsageError(`--answers ${path}: there are no such files; name those that the page has saved, or their folder.`);
    found.push(...matches.sort());
  }
  return found;
}

async function count(named: readonly string[], { run, generated, out, seed }: StudyCall): Promise<number> {
  if (run !== undefined || generated !== undefined)
    throw new UsageError('--answers counts what came back from the study in --out: leave out --run and --generated.');
  const key = await readKey(out);
  const given = await Promise.all((await filesOf(named)).map(async (path) => ({ path, answers: await readAnswers(path) })));
  const { counted, leftOut } = sortAnswers(key, given);
  for (const why of leftOut) warn(why);
  const rate = foolingRate(key, counted, { seed });
  if (rate.people === 1) warn('the answers of one person say nothing about others: there is no error, and no interval.');
  const { standardError, interval } = rate;
  const path = join(out, 'rate.json');
  const { study, about, inputs } = key;
  await writeFileAtomic(path, [Buffer.from(`${JSON.stringify({ study, about, inputs, ...rate }, undefined, 2)}\n`)]);
  const row = [
    'taken for real',
    percent(rate.rate),
    standardError === undefined ? '-' : percent(standardError),
    interval === undefined ? '-' : `${percent(interval.low)} to ${percent(interval.high)}`,
    String(rate.people),
    String(rate.trials),
  ];
  const head = ['', 'share', 'standard error', '95 % interval', 'people', 'answers'];
  process.stdout.write(`${blockLines([`${about}:`, { head, rows: [row] }]).join('\n')}\n${path}\n`);
  return EXIT.done;
}
