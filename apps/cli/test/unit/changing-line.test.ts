/** What a line that changes writes, in a terminal and into a file. */
import { PassThrough } from 'node:stream';
import { beforeEach, expect, it, vi } from 'vitest';
import { ChangingLine } from '../../src/terminal/changing-line.ts';

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
  return () => vi.useRealTimers();
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
