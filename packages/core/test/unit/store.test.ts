/** The call queue that backends share; its other bookkeeping is tested through the reference backend. */
import { describe, expect, it } from 'vitest';
import { CallQueue } from '../../src/store.ts';

/** A task that waits before it notes its name. */
function slow(log: string[], name: string, turns: number): () => Promise<string> {
  return async () => {
    for (let turn = 0; turn < turns; turn++) await Promise.resolve();
    log.push(name);
    return name;
  };
}

describe('CallQueue', () => {
  it('finishes each task before it starts the next', async () => {
    const queue = new CallQueue('the store');
    const log: string[] = [];
    const results = await Promise.all([queue.enqueue(slow(log, 'first', 50)), queue.enqueue(slow(log, 'second', 0))]);
    expect(log).toEqual(['first', 'second']);
    expect(results).toEqual(['first', 'second']);
  });

  it('hands a failure to its caller and goes on', async () => {
    const queue = new CallQueue('the store');
    const failed = queue.enqueue(() => {
      throw new Error('no');
    });
    const next = queue.enqueue(() => 'next');
    await expect(failed).rejects.toThrow('no');
    expect(await next).toBe('next');
  });

  it('releases after what was called, once, and refuses the rest', async () => {
    const queue = new CallQueue('the store');
    const log: string[] = [];
    void queue.enqueue(slow(log, 'task', 50));
    const closed = queue.close(() => void log.push('release'));
    await queue.close(() => void log.push('again'));
    await closed;
    expect(log).toEqual(['task', 'release']);
    await expect(queue.enqueue(() => 1)).rejects.toThrow('the store was disposed; create a new one.');
  });
});
