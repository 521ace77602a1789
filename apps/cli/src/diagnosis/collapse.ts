/** Whether a generator makes the same of everything, or nothing but plain colour. Knows statistics and no networks. */
import { layoutDistance, mean, type PictureSummary } from './picture-summary.ts';
import { FIRST_STEP, type Finding, type Side } from './training-warning.ts';
import type { Translations } from './translations.ts';

/*
 * Shares of what is possible, 5 pictures of 64 x 64 after 100 to 700 steps. Variety: 0.32 and more in healthy runs of horse2zebra, maps, facades and the town,
 * 0.24 and more where pix2pix learns facades; 0.00 where a learning rate of 0.02 saturates a generator. Contrast: 0.57 and more, 0.42 and more for pix2pix; 0.00.
 */
const [APPEARS, STAYS] = [0.1, 0.15];

/** Variety or contrast, in the networks' [-1, 1], below which pictures of a data set do not vary to speak of: nothing can be asked of their translations. */
const NOTHING = 0.02;

/** What looks wrong at a step; `told` says whether it did before. */
export function findCollapse(
  side: Side,
  translations: Translations,
  { step, told }: { readonly step: number; readonly told: boolean },
): Finding[] {
  if (step < FIRST_STEP) return [];
  const { newest, real } = translations;
  const pictures = { real, inputs: newest.map(({ input }) => input), outputs: newest.map(({ output }) => output) };
  const bound = told ? STAYS : APPEARS;
  const contrast = share(pictures, (each) => mean(each.map((picture) => picture.contrast)));
  if (contrast < bound) return [{ kind: 'collapsed', side, ...flat(side, newest.length, contrast) }];
  const variety = share(pictures, varietyOf);
  if (variety < bound) return [{ kind: 'collapsed', side, ...alike(side, newest.length, variety) }];
  return [];
}

interface Pictures {
  readonly real: readonly PictureSummary[];
  readonly inputs: readonly PictureSummary[];
  readonly outputs: readonly PictureSummary[];
}

/** How much outputs have of something, as a share of what they could have: no more than their inputs, nor than real pictures. NaN where that is nothing. */
function share({ real, inputs, outputs }: Pictures, measure: (pictures: readonly PictureSummary[]) => number): number {
  const possible = Math.min(measure(real), measure(inputs));
  return possible > NOTHING ? measure(outputs) / possible : Number.NaN;
}

/** The mean distance of two of the pictures; NaN when there are not two. */
function varietyOf(pictures: readonly PictureSummary[]): number {
  return mean(pictures.flatMap((one, at) => pictures.slice(at + 1).map((other) => layoutDistance(one, other))));
}

type Words = Pick<Finding, 'title' | 'why'>;

function flat(side: Side, count: number, contrast: number): Words {
  return {
    title: `Translations to ${side} are flat`,
    why: `The translations of ${count} pictures have ${percent(contrast)} of the contrast of pictures in the data set: the generator paints them in one colour.`,
  };
}

function alike(side: Side, count: number, variety: number): Words {
  return {
    title: `Translations to ${side} are all alike`,
    why:
      `The translations of ${count} different pictures differ from each other by ${percent(variety)} of what pictures in the data set do: ` +
      'the generator makes the same of everything.',
  };
}

function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}
