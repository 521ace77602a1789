/** Every call in the documentation is one that the program takes, and every link to a file leads to one. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { type Command, CommanderError } from 'commander';
import { describe, expect, it } from 'vitest';
import { createProgram } from '../../src/program.ts';

const ROOT = fileURLToPath(new URL('../../../../', import.meta.url));
const PAGES = ['README.md', ...readdirSync(`${ROOT}/docs`).flatMap((name) => (name.endsWith('.md') ? [`docs/${name}`] : []))];

/** Usage lines, which stand for calls. */
const PATTERN = /\[options\]|COMMAND/;

function textOf(page: string): string {
  return readFileSync(`${ROOT}/${page}`, 'utf8');
}

/** The calls of a page: lines of code blocks, and code within sentences. */
function callsIn(text: string): string[] {
  const lines = text.replaceAll(/\\\n\s*/g, '').split('\n');
  const blocks = lines.flatMap((line) => /^ *(?:\$ |> )?((?:source <\()?(?:npx )?cyclegan .*)$/.exec(line)?.[1] ?? []);
  const inline = lines.flatMap((line) => [...line.matchAll(/`((?:npx )?cyclegan [^`]*)`/g)].map((match) => match[1] ?? ''));
  return [...new Set([...blocks, ...inline])].filter((call) => !PATTERN.test(call)).map(withoutShell);
}

/** A call without what the shell does with it. */
function withoutShell(call: string): string {
  return call
    .replace(/^source <\((.*)\)$/, '$1')
    .replace(/\s+#.*$/, '')
    .split(/ [|<>]/)[0]
    ?.trim() as string;
}

function wordsOf(call: string): string[] {
  const words = call.match(/'[^']*'|"[^"]*"|\S+/g) ?? [];
  return words.map((word) => word.replace(/^(['"])(.*)\1$/, '$2')).slice(words[0] === 'npx' ? 2 : 1);
}

/** What commander says of a call; empty where it would do something, and for the mere name of a command. */
async function complaint(call: string): Promise<string> {
  let said = '';
  const write = (text: string) => {
    said += text;
  };
  const program = createProgram(() => {});
  const silent = (command: Command) => command.configureOutput({ writeOut: () => {}, writeErr: write });
  silent(program);
  for (const command of program.commands) silent(command).action(() => {});
  const words = wordsOf(call);
  if (words.length === 1 && program.commands.some((command) => command.name() === words[0])) return '';
  try {
    await program.parseAsync(words, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError) || error.exitCode !== 0) return said || String(error);
  }
  return '';
}

describe('calls in the documentation', () => {
  it.each(PAGES.flatMap((page) => callsIn(textOf(page)).map((call) => [page, call])))('%s: %s', async (_, call) => {
    expect(await complaint(call ?? '')).toBe('');
  });

  it('finds them where they are, and a wrong one among them', async () => {
    expect(callsIn('    npx cyclegan train --data a \\\n        --name b  # c\n')).toEqual(['npx cyclegan train --data a --name b']);
    expect(callsIn('so `cyclegan translate - --run b < c` does')).toEqual(['cyclegan translate - --run b']);
    expect(callsIn(textOf('docs/training-guide.md')).length).toBeGreaterThan(20);
    expect(await complaint('cyclegan train --nonsense')).toContain('unknown option');
    expect(await complaint("cyclegan translate 'a b' --run c --format gif")).toContain('Expected one of');
    expect(await complaint('cyclegan nonsense')).toContain('unknown command');
  });
});

it.each(PAGES)('%s links to files that exist', (page) => {
  const links = [...textOf(page).matchAll(/(?<!!)\[[^\]]*\]\((?!https?:|#)([^)#]+)/g)].map(
    (match) => new URL(match[1] ?? '', `file://${ROOT}${page}`),
  );
  expect(links.map((url) => fileURLToPath(url)).filter((path) => !existsSync(path))).toEqual([]);
});
