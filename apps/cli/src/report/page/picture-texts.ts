/** What pictures show, in words. */

/** What stands below a picture of a domain. */
export function captionOf(what: string, side: 'A' | 'B', score?: number): string {
  const text = CAPTIONS[what]?.(side, side === 'A' ? 'B' : 'A') ?? inWords(what);
  return score === undefined ? text : `${text}: ${Number(score.toPrecision(3))}`;
}

const CAPTIONS: Readonly<Record<string, (side: 'A' | 'B', other: 'A' | 'B') => string>> = {
  real: (side) => `real ${side}`,
  fake: (_, other) => `translated to ${other}`,
  rec: (side) => `translated back to ${side}`,
  idt: (side) => `real ${side} through the generator to ${side}`,
  recDifference: () => 'what is lost there and back',
  idtDifference: () => 'what that changes',
  patchReal: (side) => `what the discriminator of ${side} makes of the real one`,
  patchFake: (_, other) => `what the discriminator of ${other} makes of the translation`,
};

/** How to read pictures that need to be told, in sentences; none for pictures that speak for themselves. */
export function legendsOf(shown: readonly string[]): string[] {
  return Object.entries(LEGENDS).flatMap(([ending, legend]) =>
    shown.some((what) => what.startsWith(ending) || what.endsWith(ending)) ? [legend] : [],
  );
}

const LEGENDS: Readonly<Record<string, string>> = {
  Difference:
    'Differences: black is none, pale yellow a quarter of that between black and white, or more; the number is the mean, as a share of that.',
  patch:
    'What discriminators say: blue is taken for real, orange for generated, without a tint they are undecided. The number is the mean, from 0, generated, to 1, real (with wgangp it has no scale).',
};

/** A name as `patchFake` in words. */
function inWords(name: string): string {
  return name.replace(/[-_]/g, ' ').replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
