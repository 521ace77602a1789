/** What the hidden command does that the scripts of `cyclegan completion` call at each press of the key. */
import type { Command } from 'commander';
import { complete } from '../completion/complete.ts';
import { answer, wordsBeforeCursor } from '../completion/shells.ts';
import { EXIT } from '../errors.ts';

/** Prints what may stand at the cursor; `words` are those of the line, the program's name first. The exit status. */
export async function answerShell(program: Command, words: readonly string[]): Promise<number> {
  const before = wordsBeforeCursor(words, process.env);
  const lines = answer(await complete(program, before), before.at(-1) ?? '', process.env);
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
  return EXIT.done;
}
