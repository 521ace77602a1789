/** Writing .pth files; that PyTorch reads them, scripts/interop/check_exports.py shows where there is PyTorch. */
import { bool, f32, i32, type TensorRecord } from '@cyclegan/core';
import { describe, expect, it } from 'vitest';
import { encodePth, readPth } from '../../../src/index.ts';

const RECORD: TensorRecord = {
  'model.10.weight': f32([2, 3], Float32Array.of(1, -2, 3.5, Number.POSITIVE_INFINITY, 1e-40, Number.NaN)),
  'model.2.bias': f32([2], Float64Array.of(Math.PI, -1e300)),
  step: i32([], [-7]),
  mask: bool([3, 1], [true, false, true]),
  empty: f32([0, 4], []),
  'ünïcode "name"': f32([1], [4]),
};

/** Offset in the file, by name, of what the zip archive's directory lists. */
function filesOf(bytes: Uint8Array): [name: string, start: number][] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: [string, number][] = [];
  for (let at = view.getUint32(bytes.length - 6, true); view.getUint32(at, true) === 0x02014b50; ) {
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true)) as [number, number, number];
    const header = view.getUint32(at + 42, true);
    found.push([Buffer.from(bytes.subarray(at + 46, at + 46 + name)).toString(), header + 30 + name + extra]);
    at += 46 + name + extra + comment;
  }
  return found;
}

describe('written files', () => {
  const bytes = encodePth(RECORD);

  it('are read back with the same bits, in the same order', () => {
    const read = readPth(bytes);
    expect(read).toEqual(RECORD);
    expect(Object.keys(read)).toEqual(Object.keys(RECORD));
    expect(readPth(encodePth({}))).toEqual({});
    const half = { shape: [2], dtype: 'f16', data: Uint16Array.of(0x3c00, 0xc100) } as const;
    expect(readPth(encodePth({ half }))).toEqual({ half: f32([2], [1, -2.5]) });
  });

  it('do not depend on the time', () => {
    expect(encodePth(RECORD)).toEqual(bytes);
    // the zip archive's first date: 1980-01-01 00:00
    expect([...bytes.subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
  });

  it('have the files that PyTorch looks for, each at a multiple of 64 bytes', () => {
    const files = filesOf(bytes);
    const storages = Object.keys(RECORD).map((_, index) => `archive/data/${index}`);
    expect(files.map(([name]) => name)).toEqual(['archive/data.pkl', 'archive/byteorder', ...storages, 'archive/version']);
    for (const [name, start] of files) expect(start % 64, name).toBe(0);
  });

  it('hold no more than the loader for weights alone accepts', () => {
    const text = Buffer.from(bytes).toString('latin1');
    const referred = new Set([...text.matchAll(/c([\w.]+)\n(\w+)\n/g)].map(([, module, name]) => `${module}.${name}`));
    const storages = ['FloatStorage', 'DoubleStorage', 'IntStorage', 'BoolStorage'].map((name) => `torch.${name}`);
    expect([...referred].sort()).toEqual(['collections.OrderedDict', ...storages, 'torch._utils._rebuild_tensor_v2'].sort());
  });

  it('are refused for data of another type', () => {
    expect(() => encodePth({ x: { shape: [2], dtype: 'f32', data: Float32Array.of(1) } })).toThrow("tensor 'x'");
  });
});
