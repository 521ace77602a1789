/** The test places translated both ways: pictures, and how far they are from the truth. */
import { join, parse } from 'node:path';
import type { Backend, Direction, HostTensor } from '@cyclegan/core';
import { encodePng, findDomains, loadPictureTensor, tensorToPicture } from '@cyclegan/data';
import { blockMeans, ColourCounts, l1Distance, paint, type Score, summarise } from '@cyclegan/eval';
import { writeFileAtomic } from '../files.ts';
import type { RunWeights } from '../runs/run-weights.ts';
import { openTranslator } from '../translate/translate-run.ts';
import { DEMO_DATA } from './demo-settings.ts';

/** A place: the picture translated, its translation and the truth, as paths from the folder of the demonstration. */
export interface Place {
  readonly name: string;
  readonly real: string;
  readonly translated: string;
  readonly truth: string;
}

/** A mean absolute difference to the truth, 0 to 255: pixel by pixel, and of the means of blocks of 8 x 8 pixels. */
export interface Distance {
  readonly pixels: Score;
  readonly blocks: Score;
}

/** How far each picture is from the truth. */
export interface Distances {
  readonly translated: Distance;
  /** Of the picture as it was. */
  readonly untranslated: Distance;
  /** Of the single colour that is nearest to all training pictures of the other kind. */
  readonly constant: Distance;
}

/** One direction. */
export interface Result {
  readonly places: readonly Place[];
  readonly distances: Distances;
}

/** Both. */
export type Results = Readonly<Record<Direction, Result>>;

const DOMAINS: Readonly<Record<Direction, readonly ['A' | 'B', 'A' | 'B']>> = { AtoB: ['A', 'B'], BtoA: ['B', 'A'] };

/** Translates the test pictures of `out`/data, and writes the translations to `out`/translated. */
export async function translateTests(run: RunWeights, backend: Backend, out: string): Promise<Results> {
  const [AtoB, BtoA] = [
    await translateOneWay(run, backend, { out, direction: 'AtoB' }),
    await translateOneWay(run, backend, { out, direction: 'BtoA' }),
  ];
  return { AtoB, BtoA };
}

interface Way {
  readonly out: string;
  readonly direction: Direction;
}

async function translateOneWay(run: RunWeights, backend: Backend, { out, direction }: Way): Promise<Result> {
  const [from, to] = DOMAINS[direction];
  const tests = (await findDomains(join(out, 'data'), 'test'))[from];
  const constant = await nearestColour(join(out, 'data'), to);
  const translator = await openTranslator(run, backend, { direction });
  const measured = { translated: new Distancer(), untranslated: new Distancer(), constant: new Distancer() };
  const places: Place[] = [];
  for (const { name } of tests) {
    const translatedPath = `translated/${direction}/${name}`;
    const place = { name: parse(name).name, real: `data/test${from}/${name}`, translated: translatedPath, truth: `data/test${to}/${name}` };
    const [real, truth] = await Promise.all([load(join(out, place.real)), load(join(out, place.truth))]);
    const translated = await translator.translate(real);
    await writeFileAtomic(join(out, place.translated), [await encodePng(tensorToPicture(translated))]);
    measured.translated.add(translated, truth);
    measured.untranslated.add(real, truth);
    measured.constant.add(paint(constant, truth), truth);
    places.push(place);
  }
  translator.dispose();
  const { translated, untranslated, constant: constants } = measured;
  return { places, distances: { translated: translated.distance, untranslated: untranslated.distance, constant: constants.distance } };
}

/** Gathers the distances of pictures. */
class Distancer {
  readonly #pixels: number[] = [];
  readonly #blocks: number[] = [];

  add(picture: HostTensor, truth: HostTensor): void {
    this.#pixels.push(l1Distance(picture, truth));
    this.#blocks.push(l1Distance(blockMeans(picture), blockMeans(truth)));
  }

  get distance(): Distance {
    return { pixels: summarise(this.#pixels), blocks: summarise(this.#blocks) };
  }
}

async function nearestColour(data: string, domain: 'A' | 'B'): Promise<readonly number[]> {
  const colours = new ColourCounts();
  for (const { path } of (await findDomains(data))[domain]) colours.add(await load(path));
  return colours.median;
}

function load(path: string): Promise<HostTensor> {
  const { size } = DEMO_DATA;
  return loadPictureTensor(path, { channels: 3, height: size, width: size });
}
