/** What a line that changes writes, in a terminal and into a file. */
import { PassThrough } from 'node:stream';
import { beforeEach, expect, it, vi } from 'vitest';
import { ChangingLine } from '../../src/terminal/changing-line.ts';
import { printAbove } from '../../src/terminal/standing-line.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  // as for a person, wherever the tests run
  vi.stubEnv('CI', '');
  vi.stubEnv('TERM', 'xterm');
  return () => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  };
});

/** A stream, and the text that it was sent since this was last asked for. */
function recorder(terminal: { readonly isTTY?: boolean; readonly columns?: number }) {
  const stream = Object.assign(new PassThrough(), terminal);
  return { stream: stream as unknown as NodeJS.WriteStream, written: () => String(stream.read() ?? '') };
}

it('is printed every ten seconds, or when it matters, where there is no terminal', () => {
  const { stream, written } = recorder({});
  const line = new ChangingLine(stream);
  line.show('at once');
  vi.advanceTimersByTime(9000);
  line.show('too early');
  line.show('important', true);
  vi.advanceTimersByTime(10_000);
  line.clear();
  line.show('ten seconds later');
  line.show('again');
  line.end();
  expect(written()).toBe('important\nten seconds later\n');
});

it('changes in a terminal, not too often, and makes room for other lines', () => {
  const { stream, written } = recorder({ isTTY: true, columns: 30 });
  const line = new ChangingLine(stream);
  line.show('first');
  expect(written()).toContain('first');
  line.show('too early');
  expect(written()).toBe('');
  line.clear();
  expect(written()).not.toBe('');
  line.show('below another line');
  expect(written()).toContain('below another line');
  vi.advanceTimersByTime(200);
  line.show('x'.repeat(40));
  expect(written().match(/x+/)?.[0]).toHaveLength(29);
  line.end();
});

it('makes room in a terminal for what others print, and comes back', () => {
  const { stream, written } = recorder({ isTTY: true, columns: 30 });
  const line = new ChangingLine(stream);
  line.show('step 1');
  const shown = written();
  printAbove(() => stream.write('warning'));
  const [before, after] = written().split('warning');
  line.clear();
  // the same escape sequences as when it is removed for good, then the line again
  expect(before).toBe(written());
  expect(after).toBe(shown);
  printAbove(() => stream.write('alone'));
  line.show('step 2');
  line.end();
  printAbove(() => stream.write('last'));
  expect(written()).toMatch(/^alone.*step 2\n.*last$/s);
});

it.each([
  ['a terminal that knows no escape sequences', { isTTY: true, columns: 80 }, { TERM: 'dumb' }],
  ['a terminal of continuous integration', { isTTY: true, columns: 80 }, { CI: 'true' }],
  ['a terminal without a size', { isTTY: true, columns: 0 }, {}],
])('is printed plainly in %s', (_, terminal, environment) => {
  for (const [name, value] of Object.entries(environment)) vi.stubEnv(name, value);
  const { stream, written } = recorder(terminal);
  const line = new ChangingLine(stream);
  line.show('important', true);
  printAbove(() => stream.write('warning\n'));
  line.clear();
  line.end();
  expect(written()).toBe('important\nwarning\n');
});
