/** Both sides of a data set's test pictures there and back: real, translated and reconstructed pictures, and a page to look at them. */
import { extname, join, posix } from 'node:path';
import type { Translator } from '@cyclegan/core';
import { type Domains, decodePicture, describePicture, encodePicture, type Picture, type PictureFile } from '@cyclegan/data';
import pLimit from 'p-limit';
import { RunError } from '../errors.ts';
import { identityOf, kindOfPath, writeFileAtomic } from '../files.ts';
import { type Comparison, comparisonPage } from './translate-page.ts';
import { channelsOf, translatePicture } from './translate-picture.ts';
import { type FileOptions, mayWrite, type Outcome } from './translate-run.ts';

/** Translators of both directions. */
export interface BothWays {
  readonly AtoB: Translator;
  readonly BtoA: Translator;
}

/** What is shown, and where it goes. */
export interface Both extends FileOptions {
  readonly out: string;
  readonly extension: string;
  /** What the page is called. */
  readonly title: string;
}

/** A test picture, and the names of what is made of it, below the folder of translations, with `/` between folders. */
export interface BothJob {
  readonly file: PictureFile;
  readonly side: 'A' | 'B';
  readonly names: Readonly<Pick<Comparison, 'real' | 'fake' | 'rec'>>;
}

/** What is to be made of the test pictures of both sides; throws RunError when the page may not be replaced. */
export async function findBoth(domains: Domains, { out, extension, existing }: Both): Promise<BothJob[]> {
  const page = join(out, 'index.html');
  if (existing === 'refuse' && (await kindOfPath(page)) !== 'nothing')
    throw new RunError(`${page} exists; give --force to replace it and the pictures, or --skip-existing to keep those.`);
  return (['A', 'B'] as const).flatMap((side) => {
    const other = side === 'A' ? 'B' : 'A';
    return domains[side].map((file) => {
      const stem = posix.join(side, posix.dirname(file.name), posix.basename(file.name, extname(file.name)));
      const name = (what: string) => `${stem}_${what}${extension}`;
      return { file, side, names: { real: name(`real_${side}`), fake: name(`fake_${other}`), rec: name(`rec_${side}`) } };
    });
  });
}

/** Translates the pictures there and back and writes the page at the end; tells how they fared in their order. */
export async function* translateBoth(translators: BothWays, jobs: readonly BothJob[], both: Both): AsyncGenerator<Outcome> {
  const limit = pLimit(both.jobs);
  const inputs = await identitiesOf(jobs);
  const taken = new Set<string>();
  const pending = jobs.map((job) => {
    const twin = taken.has(job.names.fake);
    taken.add(job.names.fake);
    return limit(() =>
      attempt(job, async () => {
        if (twin) throw new RunError(`${job.file.path}: another picture has the same name but for the ending; rename one.`);
        const wanted = new Set<string>();
        for (const name of Object.values(job.names)) {
          const files = { input: job.file.path, output: join(both.out, name) };
          if (await mayWrite(files, { inputs, existing: both.existing })) wanted.add(name);
        }
        return { comparison: await thereAndBack(translators, job, { ...both, wanted }), kept: wanted.size === 0 };
      }),
    );
  });
  const comparisons: Comparison[] = [];
  for (const outcome of pending) {
    const { comparison, ...told } = await outcome;
    if (comparison !== undefined) comparisons.push(comparison);
    yield told;
  }
  await writeFileAtomic(join(both.out, 'index.html'), [Buffer.from(comparisonPage(both.title, comparisons))]);
}

type Attempt = Outcome & { readonly comparison?: Comparison };

async function attempt({ file, names }: BothJob, task: () => Promise<Pick<Attempt, 'comparison' | 'kept'>>): Promise<Attempt> {
  const told = { input: describePicture(file), output: names.fake };
  try {
    return { ...told, ...(await task()) };
  } catch (error) {
    return { ...told, error };
  }
}

/** Which of a picture's names are to be written. */
interface Wanted extends Both {
  readonly wanted: ReadonlySet<string>;
}

async function thereAndBack({ AtoB, BtoA }: BothWays, { file, side, names }: BothJob, both: Wanted): Promise<Comparison> {
  const { bitDepth, size, format, out, wanted } = both;
  const [there, back] = side === 'A' ? [AtoB, BtoA] : [BtoA, AtoB];
  const real = await decodePicture(file, { channels: channelsOf(there).input, bitDepth, ...(size === undefined ? {} : { size }) });
  const comparison = { ...names, side, name: file.name, width: real.width, height: real.height };
  if (wanted.size === 0) return comparison;
  const fake = await translatePicture(there, real, bitDepth);
  const rec = await translatePicture(back, fake, bitDepth);
  const write = async (name: string, picture: Picture) => {
    if (wanted.has(name)) await writeFileAtomic(join(out, name), [await encodePicture(picture, format)]);
  };
  await write(names.real, real);
  await write(names.fake, fake);
  await write(names.rec, rec);
  return comparison;
}

async function identitiesOf(jobs: readonly BothJob[]): Promise<Set<string>> {
  const identities = await Promise.all(jobs.map(({ file }) => identityOf(file.path).catch(() => undefined)));
  return new Set(identities.filter((identity) => identity !== undefined));
}
