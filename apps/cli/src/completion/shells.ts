/**
 * What shells say when they ask for completions, and how they want the answer: the scripts of `@pnpm/tabtab` set COMP_CWORD, COMP_LINE,
 * COMP_POINT and SHELL, and hand over the words. Knows nothing of commands.
 */
import { basename } from 'node:path';
import type { Completion, Suggestion } from './complete.ts';

/** The shells, by the names that `cyclegan completion` takes. */
export const SHELLS = ['bash', 'zsh', 'fish', 'powershell'] as const;

/** A shell of SHELLS. */
export type Shell = (typeof SHELLS)[number];

/** The command that the scripts call for answers. */
export const SERVER = 'completion-server';

/** What the scripts take for a request to complete files. */
const FILES = '__tabtab_complete_files__';

type Variables = Readonly<Record<string, string | undefined>>;

/** The words before the cursor without the program's name, the last of them unfinished; `words` are those that were handed over. */
export function wordsBeforeCursor(words: readonly string[], { SHELL, COMP_CWORD, COMP_LINE = '', COMP_POINT }: Variables): string[] {
  const shell = basename(SHELL ?? '');
  if (shell === 'bash' || shell === 'zsh') return joined(words.slice(1, Number(COMP_CWORD ?? 0) + 1));
  // the others do not say where a word ends
  return COMP_LINE.slice(0, Number(COMP_POINT ?? 0))
    .split(/\s+/)
    .slice(1);
}

/** Words with what stands beside an = put together: without its package bash-completion, bash takes an = for a word. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = [];
  for (const word of words) {
    const last = whole.at(-1);
    const goesOn = last?.startsWith('--') && (word === '=' ? !last.includes('=') : last.endsWith('='));
    if (goesOn) whole.pop();
    whole.push(goesOn ? `${last}${word}` : word);
  }
  return whole;
}

/** The lines of an answer; `unfinished` is the word that is completed. */
export function answer(completion: Completion, unfinished: string, { SHELL }: Variables): string[] {
  const shell = basename(SHELL ?? '');
  // bash and PowerShell complete files when there is no answer
  if (completion === 'files') return shell === 'zsh' || shell === 'fish' ? [FILES] : [];
  return completion.map((suggestion) => lineOf(suggestion, unfinished, shell));
}

function lineOf({ word, about }: Suggestion, unfinished: string, shell: string): string {
  const summary = about.split('\n')[0] ?? '';
  switch (shell) {
    case 'bash':
      // a value that follows = is a word of its own there
      return /^--[^=]+=/.test(unfinished) ? word.slice(word.indexOf('=') + 1) : word;
    case 'zsh':
      return [word, summary].flatMap((text) => (text === '' ? [] : [text.replaceAll('\\', '\\\\').replaceAll(':', '\\:')])).join(':');
    default:
      return summary === '' ? word : `${word}\t${summary}`;
  }
}
