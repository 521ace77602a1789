/**
 * Sample pictures as files of a run's folder: a grid of each sample, the fixed pictures as they change, and with `--visuals all` the last batch in full. Knows what
 * is where, and neither networks nor observers.
 */
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import type { HostTensor } from '@cyclegan/core';
import { composeGrid, encodePng, type Picture } from '@cyclegan/data';
import { kindOfPath, writeFileAtomic } from '../files.ts';
import { fixedFolders } from '../runs/fixed-folders.ts';
import { RunFolder } from '../runs/run-folder.ts';
import { modelOf } from '../settings/settings.ts';
import type { FixedPicture, SampleEvent, SavedPicture, SavedSample } from './observer.ts';
import { tensorsOf } from './picture-tensors.ts';
import { type ViewKind, type ViewOptions, viewsOf } from './picture-views.ts';
import type { Run } from './run.ts';

/** What files are called. */
const FILE_NAMES: Readonly<Record<ViewKind, string>> = {
  real: 'real',
  fake: 'fake',
  rec: 'rec',
  idt: 'idt',
  recDifference: 'rec-difference',
  idtDifference: 'idt-difference',
  patchReal: 'patch-real',
  patchFake: 'patch-fake',
};

/** Writes the samples of a run. */
export class SampleWriter {
  readonly #run: Run;
  readonly #options: ViewOptions;
  /** Of the fixed pictures, in their order. */
  #folders: readonly string[] | undefined;

  constructor(run: Run) {
    const { settings, execution } = run;
    this.#run = run;
    this.#options = { model: modelOf(settings), visuals: execution.visuals ?? 'basic', bitDepth: settings.bitDepth };
  }

  /** Writes a sample's pictures, each in one go; throws RunError when the file system refuses. */
  async write(event: SampleEvent): Promise<Omit<SavedSample, 'warnings'>> {
    const path = this.#run.folder.sample(event.step);
    await writeFileAtomic(path, [await encodePng(gridOf(event))]);
    const last = this.#options.visuals === 'all' ? await this.#writeLast(event) : [];
    return { ...event, path, fixed: await this.#writeFixed(event), lastPictures: last };
  }

  async #writeFixed(event: SampleEvent): Promise<FixedPicture[]> {
    const found = this.#run.fixed.pictures.flatMap(({ batch, side, index, name, from }) => {
      const sample = event.fixed[batch];
      return sample === undefined ? [] : [{ side, name, from, tensors: tensorsOf(sample, side, index) }];
    });
    const known = found.map(({ side, name, from, tensors }) => ({ side, name, from, digest: digestOf(tensors.real) }));
    this.#folders ??= await fixedFolders(this.#run.folder, known);
    const saved: FixedPicture[] = [];
    for (const [at, picture] of found.entries()) {
      const prefix = `${this.#folders[at]}/`;
      // the picture itself does not change
      const place = (kind: ViewKind) => (kind === 'real' ? `${prefix}real.png` : `${prefix}${stemOf(event)}-${FILE_NAMES[kind]}.png`);
      const real = (await kindOfPath(this.#run.folder.file(place('real')))) === 'file';
      saved.push({ ...picture, ...(await this.#writeViews(picture, { place, skip: real ? ['real'] : [] })) });
    }
    return saved;
  }

  async #writeLast(event: SampleEvent): Promise<SavedPicture[]> {
    const [count = 0] = event.last.batch.A.shape;
    const saved: SavedPicture[] = [];
    for (const side of ['A', 'B'] as const) {
      for (let index = 0; index < count; index++) {
        const picture = { side, tensors: tensorsOf(event.last, side, index) };
        const place = (kind: ViewKind) => `samples/last/${stemOf(event)}/${side}-${index + 1}-${FILE_NAMES[kind]}.png`;
        saved.push({ ...picture, ...(await this.#writeViews(picture, { place })) });
      }
    }
    return saved;
  }

  async #writeViews({ tensors, side }: Pick<SavedPicture, 'tensors' | 'side'>, { place, skip = [] }: Placing) {
    const paths: Partial<Record<ViewKind, string>> = {};
    const scores: Partial<Record<ViewKind, number>> = {};
    for (const { kind, picture, score } of viewsOf(tensors, side, this.#options)) {
      paths[kind] = place(kind);
      if (score !== undefined) scores[kind] = score;
      if (!skip.includes(kind)) await writeFileAtomic(this.#run.folder.file(place(kind)), [await encodePng(picture)]);
    }
    return { paths, scores };
  }
}

/** Where views go, relative to the folder of the run, and which are there already. */
interface Placing {
  place(kind: ViewKind): string;
  readonly skip?: readonly ViewKind[];
}

/** The first of the last batch: A, what is made of it, the way back, and what the other generator makes of it; below the same for B. */
function gridOf({ last }: SampleEvent): Picture {
  const { fakeA, fakeB, recA, recB, idtA, idtB } = last.pictures;
  const rows = [
    [last.batch.A, fakeB, recA, idtB],
    [last.batch.B, fakeA, recB, idtA],
  ];
  return composeGrid(rows.map((row) => row.filter((tensor) => tensor !== undefined)));
}

/** What the names of a sample's files begin with. */
function stemOf({ step }: SampleEvent): string {
  return basename(new RunFolder('').sample(step), '.png');
}

/** Of a tensor's numbers, short. */
function digestOf({ data }: HostTensor): string {
  return createHash('sha256').update(Float32Array.from(data)).digest('hex').slice(0, 16);
}
