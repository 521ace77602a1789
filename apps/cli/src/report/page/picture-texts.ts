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
  idt: (side, other) => `${side} by the generator from ${other} to ${side}`,
  recDifference: () => 'difference of there and back from the real picture; the mean',
  idtDifference: () => 'difference made to a picture of the own domain; the mean',
  patchReal: (side) => `what the discriminator of ${side} takes for real in the real picture; the mean`,
  patchFake: (_, other) => `what the discriminator of ${other} takes for real in the translation; the mean`,
};

/** A name as `patchFake` in words. */
function inWords(name: string): string {
  return name.replace(/[-_]/g, ' ').replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`);
}
