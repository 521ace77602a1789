import { bool, f32, i32, type TensorRecord } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { concatBytes, encodeUtf8 } from '../../src/bytes.ts';
import { FormatError } from '../../src/errors.ts';
import { type ByteSource, openSafetensors, parseSafetensors } from '../../src/safetensors/read.ts';
import { safetensorsChunks, writeSafetensors } from '../../src/safetensors/write.ts';

/** A file with the given header text (unpadded) and data. */
function file(header: string, data: Uint8Array = new Uint8Array()): Uint8Array {
  const json = encodeUtf8(header);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(json.length), true);
  return concatBytes([length, json, data]);
}

function oneTensor(dtype: string, shape: readonly number[], data: Uint8Array): Uint8Array {
  return file(JSON.stringify({ x: { dtype, shape, data_offsets: [0, data.length] } }), data);
}

function source(bytes: Uint8Array): ByteSource & { readonly reads: [number, number][] } {
  const reads: [number, number][] = [];
  return {
    size: bytes.length,
    reads,
    read: async (offset, length) => {
      reads.push([offset, length]);
      return bytes.slice(offset, offset + length);
    },
  };
}

const RECORD: TensorRecord = {
  weight: f32([2, 3], Float32Array.of(1, -2, 3.5, Number.POSITIVE_INFINITY, 1e-40, 0)),
  exact: f32([2], Float64Array.of(Math.PI, -1e300)),
  step: i32([], [-7]),
  mask: bool([3], [true, false, true]),
  empty: f32([0, 4], []),
  'ünïcode "name"': f32([1], [4]),
  half: { shape: [2], dtype: 'f16', data: Uint16Array.of(0x3c00, 0xc100) },
};

describe('round trip', () => {
  const bytes = writeSafetensors(RECORD, { epoch: '3', note: 'zwei\n' });

  it('returns every tensor, name and text; f16 comes back as f32', () => {
    const parsed = parseSafetensors(bytes);
    expect(parsed.tensors()).toEqual({ ...RECORD, half: f32([2], Float32Array.of(1, -2.5)) });
    expect(parsed.tensor('exact').data).toBeInstanceOf(Float64Array);
    expect(parsed.metadata).toEqual({ epoch: '3', note: 'zwei\n' });
  });

  it('reads a ranged file tensor by tensor', async () => {
    const ranged = source(bytes);
    const opened = await openSafetensors(ranged);
    expect(opened.names).toEqual(parseSafetensors(bytes).names);
    expect(ranged.reads).toHaveLength(2);
    expect(await opened.tensor('weight')).toEqual(RECORD.weight);
    expect(ranged.reads.at(-1)?.[1]).toBe(24);
  });

  it('reads from any offset of a larger buffer', () => {
    for (const offset of [0, 1, 4]) {
      const buffer = new Uint8Array(bytes.length + offset);
      buffer.set(bytes, offset);
      expect(parseSafetensors(buffer.subarray(offset)).tensor('exact')).toEqual(RECORD.exact);
    }
  });

  it('is deterministic, aligned, and the same in chunks', () => {
    const reversed = Object.fromEntries(Object.entries(RECORD).reverse());
    expect(writeSafetensors(reversed, { note: 'zwei\n', epoch: '3' })).toEqual(bytes);
    const { entries } = parseSafetensors(bytes);
    expect(entries.get('exact')?.start).toSatisfy((start: number) => start % 8 === 0);
    expect(entries.get('weight')?.start).toSatisfy((start: number) => start % 4 === 0);
    const chunks = [...safetensorsChunks(RECORD, { epoch: '3', note: 'zwei\n' })];
    expect(concatBytes(chunks)).toEqual(bytes);
    expect(chunks.some((chunk) => chunk.buffer === RECORD.weight?.data.buffer)).toBe(true);
  });

  it('holds an empty record', () => {
    expect(parseSafetensors(writeSafetensors({})).names).toEqual([]);
  });

  it('treats __proto__ like any other name', () => {
    const parsed = parseSafetensors(writeSafetensors(Object.fromEntries([['__proto__', f32([1], [2])]])));
    expect(parsed.names).toEqual(['__proto__']);
    expect(parsed.tensor('__proto__').data[0]).toBe(2);
    expect(Object.hasOwn(parsed.tensors(), '__proto__')).toBe(true);
  });
});

describe('element types', () => {
  const bytesOf = (array: ArrayBufferView) => new Uint8Array(array.buffer);
  const read = (dtype: string, array: ArrayBufferView & { length: number }) =>
    parseSafetensors(oneTensor(dtype, [array.length], bytesOf(array))).tensor('x');

  it('widens half floats', () => {
    const bits = Uint16Array.of(0x0000, 0x8000, 0x0001, 0x03ff, 0x0400, 0x3555, 0x7bff, 0xfc00, 0x7e00);
    const expected = [0, -0, 2 ** -24, 1023 * 2 ** -24, 2 ** -14, 0.333251953125, 65504, Number.NEGATIVE_INFINITY, Number.NaN];
    expect([...read('F16', bits).data]).toEqual(expected);
    expect(read('F16', bits).dtype).toBe('f32');
  });

  it('widens bfloat16', () => {
    expect([...read('BF16', Uint16Array.of(0x3f80, 0xc040, 0x0001, 0xff80)).data]).toEqual([1, -3, 2 ** -133, Number.NEGATIVE_INFINITY]);
  });

  it('narrows integers that fit and refuses the others', () => {
    expect(read('I64', BigInt64Array.of(-5n, 2n ** 31n - 1n)).data).toEqual(Int32Array.of(-5, 2 ** 31 - 1));
    expect(read('U8', Uint8Array.of(0, 255))).toEqual(i32([2], [0, 255]));
    expect(read('I8', Int8Array.of(-128))).toEqual(i32([1], [-128]));
    expect(read('I16', Int16Array.of(-300))).toEqual(i32([1], [-300]));
    expect(() => read('I64', BigInt64Array.of(0n, 2n ** 31n))).toThrow(
      "Tensor 'x' (I64): value 2147483648 at element 1 does not fit in 32 bits.",
    );
    expect(() => read('U64', BigUint64Array.of(2n ** 63n))).toThrow('does not fit');
    expect(() => read('U32', Uint32Array.of(2 ** 31))).toThrow('does not fit');
    expect(() => read('BOOL', Uint8Array.of(1, 2))).toThrow('value 2 at element 1 is neither 0 nor 1');
  });
});

describe('corrupt files', () => {
  const bytes = writeSafetensors(RECORD);
  const entry = (begin: number, end: number) => ({ dtype: 'F32', shape: [(end - begin) / 4], data_offsets: [begin, end] });
  const laidOut = (tensors: Record<string, unknown>, length: number) => file(JSON.stringify(tensors), new Uint8Array(length));

  it('a file cut anywhere fails with one sentence, in memory and ranged', async () => {
    for (let length = 0; length < bytes.length; length++) {
      const cut = bytes.subarray(0, length);
      expect(() => parseSafetensors(cut), `${length} bytes`).toThrow(FormatError);
      await expect(openSafetensors(source(cut)), `${length} bytes`).rejects.toThrow(FormatError);
    }
    const half = laidOut({ a: entry(0, 40), b: entry(40, 80) }, 80);
    expect(() => parseSafetensors(half.subarray(0, half.length - 40))).toThrow(
      /cut off: it should have \d+ bytes and has \d+; 'b' is the first tensor that is not whole/,
    );
  });

  it.each([
    ['no header', new Uint8Array(3), "3 bytes, but the header's length alone takes 8"],
    ['a header of 2^40 bytes', Uint8Array.of(0, 0, 0, 0, 0, 1, 0, 0), 'announces a header of 1099511627776 bytes'],
    ['a header that is not an object', file('[1]'), "does not begin with '{'"],
    ['a header that is not JSON', file('{"x":'), 'is not JSON'],
    ['a header that is not UTF-8', concatBytes([Uint8Array.of(2, 0, 0, 0, 0, 0, 0, 0, 123, 255)]), 'is not valid UTF-8'],
    ['an unknown dtype', oneTensor('F8_E4M3', [1], new Uint8Array(1)), `Tensor 'x': unknown dtype "F8_E4M3"`],
    ['a dtype named like a method', oneTensor('toString', [1], new Uint8Array(1)), 'unknown dtype'],
    ['no shape', file('{"x":{"dtype":"F32","data_offsets":[0,0]}}'), "Tensor 'x': shape must be a list of whole numbers, got undefined"],
    ['a negative extent', oneTensor('F32', [-1], new Uint8Array(4)), 'shape must be a list of whole numbers, got [-1]'],
    ['a fractional extent', oneTensor('F32', [1.5], new Uint8Array(6)), 'shape must be a list of whole numbers'],
    ['one offset', file('{"x":{"dtype":"F32","shape":[0],"data_offsets":[0]}}'), 'data_offsets must be two whole numbers, got [0]'],
    ['an entry that is no object', file('{"x":3}'), "Tensor 'x': the header must give an object, got 3"],
    [
      'misordered offsets',
      file('{"x":{"dtype":"F32","shape":[1],"data_offsets":[4,0]}}', new Uint8Array(4)),
      'end (0) before they begin (4)',
    ],
    [
      'bytes that do not match the shape',
      oneTensor('F32', [3], new Uint8Array(8)),
      'F32 of shape [3] takes 12 bytes, but its offsets span 8',
    ],
    ['a shape beyond all numbers', oneTensor('F32', [2 ** 40, 2 ** 40], new Uint8Array(8)), 'but its offsets span 8'],
    ['overlapping tensors', laidOut({ a: entry(0, 8), b: entry(4, 12) }, 12), "Tensor 'b' overlaps 'a' by 4 bytes"],
    ['the same bytes twice', laidOut({ a: entry(0, 8), b: entry(0, 8) }, 8), "Tensor 'b' overlaps 'a' by 8 bytes"],
    ['a hole', laidOut({ a: entry(0, 8), b: entry(12, 16) }, 16), "Tensor 'b': 4 bytes in front of it belong to no tensor"],
    ['trailing bytes', laidOut({ a: entry(0, 8) }, 11), "3 trailing bytes after tensor 'a'"],
    ['data without tensors', laidOut({}, 5), '5 trailing bytes and no tensor'],
    [
      'a tensor twice',
      file('{"a":{"dtype":"F32","shape":[0],"data_offsets":[0,0]},"\\u0061":{"dtype":"F32","shape":[0],"data_offsets":[0,0]}}'),
      "has the key 'a' twice",
    ],
    ['a field twice', file('{"a":{"dtype":"F32","dtype":"F64","shape":[0],"data_offsets":[0,0]}}'), "has the key 'dtype' twice"],
    ['metadata that is no text', file('{"__metadata__":{"epoch":3}}'), "Metadata 'epoch' must be a string, got 3"],
    ['metadata that is no object', file('{"__metadata__":["a"]}'), '__metadata__ must be an object of strings'],
  ])('%s', (_, corrupt, message) => {
    expect(() => parseSafetensors(corrupt)).toThrow(FormatError);
    expect(() => parseSafetensors(corrupt)).toThrow(message);
  });

  it('does not take braces and colons inside texts for structure', () => {
    expect(parseSafetensors(file('{"__metadata__":{"a":"{\\"a\\":1","b":"\\"b\\":"}}')).metadata).toEqual({ a: '{"a":1', b: '"b":' });
  });

  it('reads metadata of any length', () => {
    const text = '"'.repeat(6_000_000);
    expect(parseSafetensors(file(JSON.stringify({ __metadata__: { text } }))).metadata.text).toHaveLength(text.length);
  });

  it('a source that reads short, and a name that is not there', async () => {
    const short: ByteSource = { size: bytes.length, read: async (offset, length) => bytes.slice(offset, offset + Math.min(length, 100)) };
    await expect(openSafetensors(short)).rejects.toThrow('Reading the header gave 100 bytes of');
    expect(() => parseSafetensors(bytes).tensor('wieght')).toThrow("no tensor 'wieght'");
  });

  it('refuses to write what it could not read', () => {
    expect(() => writeSafetensors({ __metadata__: f32([1], [1]) })).toThrow('cannot be called');
    expect(() => writeSafetensors({ x: { shape: [2], dtype: 'f32', data: Float32Array.of(1) } })).toThrow("tensor 'x'");
  });
});
