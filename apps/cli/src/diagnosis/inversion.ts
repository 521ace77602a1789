/** Whether a generator turns pictures into negatives where nothing asks for that. Knows statistics and no networks. */
import { type ColourHistogram, coloursOf, mean, ofNegatives, overlap, type PictureSummary } from './picture-summary.ts';
import { FIRST_STEP, type Finding, type Side } from './training-warning.ts';
import type { Translations } from './translations.ts';

interface Bounds {
  /** The correlation of brightness below which translations are negatives, if their colours are wrong as well ... */
  readonly withWrongColours: number;
  /** ... and below which they are if that alone speaks for it, in domains that are alike. */
  readonly alone: number;
  /** How many times as many colours two sets of pictures have in common as one of them and the negatives of the other. */
  readonly times: number;
  /** Share of their colours that domains which are alike have in common. */
  readonly alike: number;
}

/*
 * Correlations, means over 5 pictures of 64 x 64 after 100 to 700 steps. Healthy: 0.42 to 0.93 for horses and zebras (0.84 to 0.93 by GAN Compression's trained
 * network), 0.29 to 0.50 for maps, 0.56 to 0.72 for the town, -0.01 to 0.41 for facades, -0.39 to -0.06 for facades by pix2pix. A CycleGAN of horses and zebras
 * that started with negatives stays at -0.83 to -0.92, while its colours become those of the domain.
 * Colours in common with real pictures: 0.39 to 0.76 for healthy translations, 0 to 0.42 for their negatives, of each run fewer than for the translations.
 * Real horses and zebras have 0.61 to 0.70 in common, negatives of the ones and the others 0.19 to 0.37. Aerial pictures and maps, facades and labels, have 0 to
 * 0.11: there, negatives in the colours of the domain cannot be told from a translation that is right.
 */
const APPEARS: Bounds = { withWrongColours: -0.3, alone: -0.5, times: 1.2, alike: 0.3 };
const STAYS: Bounds = { withWrongColours: -0.2, alone: -0.4, times: 1, alike: 0.25 };

/** The pictures that the question is about. */
export interface Direction {
  /** The domain translated into. */
  readonly side: Side;
  readonly translations: Translations;
  /** Real pictures of the domain translated from. */
  readonly originals: readonly PictureSummary[];
}

/** What looks wrong at a step; `told` says whether it did before. */
export function findInversion(direction: Direction, { step, told }: { readonly step: number; readonly told: boolean }): Finding[] {
  const { side, translations, originals } = direction;
  const { newest, real } = translations;
  const correlations = newest.flatMap(({ correlation }) => correlation ?? []);
  // flat pictures are another matter
  if (step < FIRST_STEP || correlations.length <= newest.length / 2) return [];
  const correlation = mean(correlations);
  const bounds = told ? STAYS : APPEARS;
  const wanted = coloursOf(real);
  const reason =
    (correlation < bounds.withWrongColours ? colourReason(side, wanted, newest, bounds) : undefined) ??
    (correlation < bounds.alone ? dataReason(wanted, originals, bounds) : undefined);
  if (reason === undefined) return [];
  const why =
    `Translations are dark where their originals are bright: the correlation of brightness is ${correlation.toFixed(2)}, the mean of ` +
    `${correlations.length} pictures. ${reason}`;
  return [{ kind: 'colours-inverted', side, title: `Translations to ${side} are negatives`, why }];
}

/** Translations whose negatives have the colours of the domain rather than they themselves. */
function colourReason(side: Side, wanted: ColourHistogram, newest: Translations['newest'], { times }: Bounds): string | undefined {
  const colours = coloursOf(newest.map(({ output }) => output));
  const [own, negative] = [overlap(wanted, colours), overlap(wanted, ofNegatives(colours))];
  if (negative <= times * own) return undefined;
  return `They have ${percent(own)} of their colours in common with real pictures of ${side}, their negatives ${percent(negative)}.`;
}

/** Domains of like pictures, of which neither holds negatives of the other. */
function dataReason(wanted: ColourHistogram, originals: readonly PictureSummary[], { times, alike }: Bounds): string | undefined {
  const colours = coloursOf(originals);
  // gray and colour cannot be compared by colours
  if (colours.length !== wanted.length) return undefined;
  const [own, negative] = [overlap(wanted, colours), overlap(wanted, ofNegatives(colours))];
  if (own < alike || own <= times * negative) return undefined;
  return `Real pictures of A and B have ${percent(own)} of their colours in common, so nothing in the data asks for that.`;
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
