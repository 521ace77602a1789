/** Makes a study: pairs of real and generated pictures, the page that shows them to people, and the key that says which are which. */
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { encodePng } from '@cyclegan/data';
import { onDisk } from '../disk.ts';
import { RunError } from '../errors.ts';
import type { PictureSet } from '../evaluate/picture-set.ts';
import { kindOfPath, writeFileAtomic } from '../files.ts';
import { addressOf } from '../pages/address.ts';
import { CountProgress } from '../terminal/count-progress.ts';
import { type DrawnPair, drawPairs } from './draw-pairs.ts';
import { keyOf, writeKey } from './key.ts';
import type { Pair, StudyData } from './study-data.ts';
import { studyPage } from './study-page.ts';

/** How a study is made. */
export interface StudyOptions {
  readonly out: string;
  /** How many pairs everybody is told about, and how many they judge after that. */
  readonly practice: number;
  readonly trials: number;
  /** How many pairs these are drawn from; all that there are unless given. */
  readonly pairs?: number;
  readonly seconds: number;
  readonly seed: number;
}

/** What is compared. */
export interface StudyPictures {
  readonly real: PictureSet;
  readonly generated: PictureSet;
  /** Where they came from, for the key. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** A study that was made. */
export interface MadeStudy {
  readonly page: string;
  readonly key: string;
  readonly pairs: number;
  /** Pictures without a partner of their name, which are not shown. */
  readonly alone: number;
  /** Real pictures that are shown in another shape than their own. */
  readonly reshaped: number;
}

/** The folder of the page, beside the key, so that it can be given away without. */
const PAGE = 'page';
const PICTURES = 'pictures';

/** How much a picture may be stretched before it counts. */
const SHAPE = 0.02;

/** Throws RunError when a folder holds a study, or a part of one. */
export async function refuseExisting(out: string): Promise<void> {
  for (const path of [keyOf(out), join(out, PAGE)]) {
    if ((await kindOfPath(path)) !== 'nothing')
      throw new RunError(`${out} holds a study already, or a part of one (${path}): give another --out, or delete the folder.`);
  }
}

/** Makes it, in a folder that holds none; the key comes last, so that a study that has one is whole. Throws RunError when there are too few pictures. */
export async function makeStudy({ real, generated, inputs }: StudyPictures, options: StudyOptions): Promise<MadeStudy> {
  const { out, practice, trials, seconds, seed } = options;
  const least = practice + trials;
  const count = options.pairs && options.pairs + practice;
  const { pairs: drawn, alone } = drawPairs({ real: real.names, generated: generated.names, count, least, seed });
  const progress = new CountProgress(drawn.length, 'pairs');
  let reshaped = 0;
  try {
    for (const pair of drawn) {
      if (await writePair(join(out, PAGE, PICTURES), pair, { real, generated })) reshaped++;
      progress.advance();
    }
  } finally {
    progress.end();
  }
  const [practised, judged] = [drawn.slice(0, practice), drawn.slice(practice)];
  const study = randomUUID();
  const data: StudyData = {
    study,
    seconds,
    practice: practised.map((pair) => ({ pair: shownPair(pair), real: addressOfFile(pair.files.real) })),
    pairs: judged.map(shownPair),
    trials,
  };
  const page = join(out, PAGE, 'index.html');
  await writeFileAtomic(page, [Buffer.from(studyPage({ data, script: await built('page.js'), style: await built('page.css') }))]);
  const about = `${generated.about} beside ${real.about}`;
  await writeKey(out, {
    version: 1,
    study,
    about,
    inputs,
    seed,
    seconds,
    trials,
    practice: practised.map(keyPair),
    pairs: judged.map(keyPair),
  });
  return { page, key: keyOf(out), pairs: judged.length, alone, reshaped };
}

/** Writes both alike and of one size, so that nothing but what they show tells them apart; returns whether the real one changed its shape by that. */
async function writePair(
  folder: string,
  { real, generated, files }: DrawnPair,
  sets: { readonly real: PictureSet; readonly generated: PictureSet },
): Promise<boolean> {
  const made = await sets.generated.read(generated);
  const { width, height } = made;
  const own = await sets.real.read(real);
  const isOfSize = own.width === width && own.height === height;
  const truth = isOfSize ? own : await sets.real.read(real, { width, height });
  const written = [
    { file: files.generated, picture: made },
    { file: files.real, picture: truth },
  ];
  // by name, so that their dates say nothing either
  for (const { file, picture } of written.sort((a, b) => (a.file < b.file ? -1 : 1)))
    await writeFileAtomic(join(folder, file), [await encodePng(picture)]);
  return Math.abs(Math.log((own.width * height) / (own.height * width))) > SHAPE;
}

const addressOfFile = (file: string) => addressOf(`${PICTURES}/${file}`);

/** By address, which says nothing of what they are. */
function shownPair({ files }: DrawnPair): Pair {
  const [one, other] = [addressOfFile(files.real), addressOfFile(files.generated)];
  return one < other ? [one, other] : [other, one];
}

/** Under the addresses that answers name. */
function keyPair({ files, ...names }: DrawnPair): DrawnPair {
  return { ...names, files: { real: addressOfFile(files.real), generated: addressOfFile(files.generated) } };
}

/** What the build leaves beside this file. */
function built(name: string): Promise<string> {
  const path = fileURLToPath(new URL(name, import.meta.url));
  return onDisk(path, 'read', () => readFile(path, 'utf8'));
}
