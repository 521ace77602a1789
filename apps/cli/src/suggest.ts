/** What was meant by a name that does not exist. Knows no names. */
import { distance } from 'fastest-levenshtein';

/** As far as typing errors go: commander asks as much of commands and options. */
const MOST_EDITS = 3;
const LEAST_LIKENESS = 0.4;

/** So many letters begin a name as only it begins. */
const BEGINNING = 3;

/** The question whether the nearest of `names` was meant, to be put behind a statement; empty when none is near. */
export function didYouMean(word: string, names: readonly string[]): string {
  const edits = (name: string) => distance(word.toLowerCase(), name.toLowerCase());
  const [nearest = begun(word, names)] = names
    .map((name) => ({ name, edits: edits(name) }))
    .filter((near) => near.edits <= MOST_EDITS && 1 - near.edits / Math.max(word.length, near.name.length) > LEAST_LIKENESS)
    // two letters changed round are two edits, but the word is as long
    .sort((a, b) => a.edits - b.edits || lengthsApart(word, a.name) - lengthsApart(word, b.name))
    .map(({ name }) => name);
  return nearest === undefined ? '' : `; did you mean '${nearest}'?`;
}

/** The one name that begins with a word. */
function begun(word: string, names: readonly string[]): string | undefined {
  const [only, ...others] = names.filter((name) => word.length >= BEGINNING && name.startsWith(word));
  return others.length === 0 ? only : undefined;
}

function lengthsApart(a: string, b: string): number {
  return Math.abs(a.length - b.length);
}
