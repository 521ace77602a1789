/** What a download says of itself. */
import { expect, it } from 'vitest';
import { formatBytes, progressLine } from '../../src/download/download-progress.ts';

it.each([
  [0, '0 bytes'],
  [999, '999 bytes'],
  [4200, '4.2 kB'],
  [116_867_962, '117 MB'],
  [1.4e9, '1.4 GB'],
])('says %d bytes as %s', (bytes, text) => {
  expect(formatBytes(bytes)).toBe(text);
});

it('tells the time left where the server tells the size', () => {
  expect(progressLine({ received: 25e6, size: 100e6, rate: 2.5e6 })).toBe('25.0 MB of 100 MB (25%)  2.5 MB/s  30 s left');
  expect(progressLine({ received: 25e6, size: undefined, rate: 2.5e6 })).toBe('25.0 MB  2.5 MB/s');
  expect(progressLine({ received: 0, size: 100e6, rate: 0 })).toBe('0 bytes of 100 MB (0%)  0 bytes/s');
});
