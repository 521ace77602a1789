/** The FCN score of several runs: what does not depend on the run is measured once. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Picture } from '@cyclegan/data';
import { PALETTES } from '@cyclegan/eval';
import { afterAll, beforeAll, expect, it } from 'vitest';
import type { UpperBounds } from '../../../src/evaluate/evaluation.ts';
import { evaluateFcn } from '../../../src/evaluate/fcn.ts';
import type { PictureSet } from '../../../src/evaluate/picture-set.ts';
import { USUAL_OPTIONS } from '../../../src/segmenter/test-segmenter.ts';
import { writeNearestColour } from '../../e2e/judge-networks.ts';

const PALETTE = PALETTES.town;
const NAMES = ['one', 'two'];
const SIZE = 2;
let folder: string;
let fcn: string;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'cyclegan-'));
  fcn = await writeNearestColour(folder, PALETTE, { size: SIZE });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

/** Pictures of one class each, and how often one of them was read. */
function setOf(about: string, classes: readonly number[]): PictureSet & { readonly reads: string[] } {
  const reads: string[] = [];
  const read = async (name: string): Promise<Picture> => {
    reads.push(name);
    const rgb = PALETTE.classes[classes[NAMES.indexOf(name)] ?? 0]?.rgb ?? [0, 0, 0];
    return { width: SIZE, height: SIZE, channels: 3, data: Uint8Array.from({ length: 3 * SIZE * SIZE }, (_, at) => rgb[at % 3] ?? 0) };
  };
  return { about, names: NAMES, reads, read };
}

async function evaluate(real: PictureSet, upperBounds: UpperBounds | undefined, absent: 'zero' | 'ignore' = 'zero') {
  const sources = {
    inputs: {},
    labelled: false,
    swapped: false,
    translates: () => true,
    translations: async () => ({ direction: undefined, generated: setOf('made', [0, 0]), source: setOf('labels', [0, 1]), target: real }),
    dispose: async () => undefined,
  };
  const { results } = await evaluateFcn({ sources, options: { ...USUAL_OPTIONS, fcn, absent }, upperBounds, advance: () => undefined });
  return results as { readonly generated: { readonly pixelAccuracy: unknown }; readonly real?: unknown };
}

it('scores real photos once for all runs that are compared, and anew where they are scored otherwise', async () => {
  const real = setOf('photos', [0, 1]);
  const bounds: UpperBounds = new Map();
  const first = await evaluate(real, bounds);
  expect(real.reads).toEqual(NAMES);
  expect(await evaluate(real, bounds)).toEqual(first);
  expect(real.reads).toEqual(NAMES);
  const ignoring = await evaluate(real, bounds, 'ignore');
  expect(real.reads).toEqual([...NAMES, ...NAMES]);
  expect(ignoring.real).not.toEqual(first.real);
  await evaluate(setOf('other photos', [1, 1]), bounds);
  expect(bounds.size).toBe(3);
  await evaluate(real, undefined);
  expect(real.reads).toHaveLength(6);
});
