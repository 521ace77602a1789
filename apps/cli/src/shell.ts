/** Commands that are shown to be copied into a shell. Knows no commands. */

/** A word as a shell takes it: quoted where it holds more than letters, digits and what paths are made of. */
export function shellWord(word: string, platform = process.platform): string {
  if (/^[\p{L}\p{M}\p{N}_./:\\-]+$/u.test(word) && (platform === 'win32' || !word.includes('\\'))) return word;
  return platform === 'win32' ? `"${word}"` : `'${word.replaceAll("'", "'\\''")}'`;
}
