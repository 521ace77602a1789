/** TensorBoard's event files, read back by another reader. */
import { describe, expect, it } from 'vitest';
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts';
import { FormatError } from '../../src/errors.ts';
import { eventRecord, type TensorBoardContent } from '../../src/tensorboard/event.ts';
import { tfRecord } from '../../src/tensorboard/record.ts';
import { crc32c, readEvents, readRecords } from '../tensorboard-reader.ts';

const WALL_TIME = 1_700_000_000.25;

/** The first 33 bytes of a PNG file: all that is read of it. */
function pngHead([width, height]: readonly [number, number], colourType: number): Uint8Array {
  const bytes = new Uint8Array(33);
  bytes.set([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13, 0x49, 0x48, 0x44, 0x52]);
  const view = new DataView(bytes.buffer);
  view.setUint32(16, width);
  view.setUint32(20, height);
  bytes.set([8, colourType], 24);
  return bytes;
}

function written(content: TensorBoardContent, step = 0) {
  const [event] = readEvents(eventRecord({ wallTime: WALL_TIME, step, content }));
  return event;
}

describe('tfRecord', () => {
  it('is read by a reader whose sums are those of the standard', () => {
    expect(crc32c(encodeUtf8('123456789'))).toBe(0xe3069283);
    const data = ['123456789', '', 'é'.repeat(1000)].map(encodeUtf8);
    expect(readRecords(concatBytes(data.map(tfRecord)))).toEqual(data);
  });

  it('has sums that tell any altered byte', () => {
    const record = tfRecord(encodeUtf8('loss'));
    for (const at of record.keys()) {
      const altered = record.slice();
      altered[at] = (altered[at] ?? 0) ^ 1;
      expect(() => readRecords(altered), `byte ${at}`).toThrow();
    }
  });
});

describe('eventRecord', () => {
  it('writes the version that files begin with, and where a session does', () => {
    expect(written({ kind: 'version' })).toEqual({ wall_time: WALL_TIME, step: 0, file_version: 'brain.Event:2' });
    expect(written({ kind: 'start' }, 2 ** 40)).toEqual({ wall_time: WALL_TIME, step: 2 ** 40, session_log: { status: 'START' } });
  });

  it('writes scalars, as floats of 32 bits', () => {
    const values = [0, 0.1, -1e30, Number.NaN].map((value, at) => ({ kind: 'scalar', tag: `loss/${at}`, value }) as const);
    const floats = values.map(({ tag, value }) => ({ tag, simple_value: Math.fround(value) }));
    expect(written({ kind: 'values', values }, 7)).toEqual({ wall_time: WALL_TIME, step: 7, summary: { value: floats } });
  });

  it.each([
    [0, 1],
    [2, 3],
    [3, 3],
    [4, 2],
    [6, 4],
  ])('writes pictures as they are: colour type %i of PNG has %i channels', (colourType, channels) => {
    const png = pngHead([300, 2], colourType);
    // somewhere within a larger buffer, as files are read
    const within = concatBytes([new Uint8Array(3), png]).subarray(3);
    expect(written({ kind: 'values', values: [{ kind: 'image', tag: 'samples', png: within }] })?.summary?.value).toEqual([
      { tag: 'samples', image: { width: 300, height: 2, colorspace: channels, encoded_image_string: png } },
    ]);
  });

  it('writes texts as tensors of rank 0 that the text plugin shows', () => {
    const [value] = written({ kind: 'values', values: [{ kind: 'text', tag: 'settings', text: 'größe: 1' }] })?.summary?.value ?? [];
    expect(value).toMatchObject({ tag: 'settings', metadata: { plugin_data: { plugin_name: 'text' } }, tensor: { dtype: 7 } });
    expect(value?.tensor?.tensor_shape).toEqual({});
    expect(value?.tensor?.string_val.map((bytes) => Buffer.from(bytes).toString())).toEqual(['größe: 1']);
  });

  it('refuses a picture that is no PNG', () => {
    const whole = pngHead([1, 1], 2);
    const altered = whole.map((byte, at) => (at === 1 ? 0 : byte));
    for (const png of [new Uint8Array(), whole.subarray(0, 25), altered, pngHead([1, 1], 5)])
      expect(() => eventRecord({ wallTime: 0, step: 0, content: { kind: 'values', values: [{ kind: 'image', tag: 'x', png }] } })).toThrow(
        FormatError,
      );
  });
});
