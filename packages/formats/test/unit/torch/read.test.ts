/** Reading .pth files: those that PyTorch wrote, old ones made by hand, and all that must be refused. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { f32, i32, sizeOf } from '@cyclegan/core';
import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { bytesOf } from '../../../src/bytes.ts';
import { encodePth, FormatError, readPth } from '../../../src/index.ts';
import {
  DICT,
  dict,
  global,
  integer,
  LIST,
  legacyFile,
  list,
  NONE,
  ORDERED_DICT,
  pickle,
  raw,
  storage,
  tensor,
  text,
  tuple,
  zipFile,
} from './pickles.ts';

const fixture = (name: string) => readFileSync(new URL(`../../fixtures/${name}`, import.meta.url));
const REAL = fileURLToPath(new URL('../../../../../../shared/models/gan-compression-horse2zebra.pth', import.meta.url));

const matrix = [0, 0.25, 0.5, 0.75, 1, 1.25];

/** What make_pth.py puts into the fixtures. */
const CONTENTS = {
  'network.0.weight': f32([2, 1, 1, 1], [0.5, 0.5]),
  'network.0.bias': f32([2], [1.5, 1.5]),
  'network.1.weight': f32([2], [2.5, 2.5]),
  'network.1.bias': f32([2], [3.5, 3.5]),
  'network.1.running_mean': f32([2], [0, 0]),
  'network.1.running_var': f32([2], [1, 1]),
  'network.1.num_batches_tracked': i32([], [0]),
  'types.double': f32([2], Float64Array.of(Math.PI, -1e300)),
  'types.half': f32([4], [1, -2.5, 65504, 2 ** -24]),
  'types.bfloat16': f32([3], [1, -3, 2 ** -126]),
  'types.int64': i32([2], [-5, 2 ** 31 - 1]),
  'types.int32': i32([1], [-(2 ** 31)]),
  'types.int16': i32([2], [-300, 300]),
  'types.int8': i32([2], [-128, 127]),
  'types.uint8': i32([2], [0, 255]),
  'types.bool': { shape: [3], dtype: 'bool', data: Uint8Array.of(1, 0, 1) },
  'views.matrix': f32([2, 3], matrix),
  'views.again': f32([2, 3], matrix),
  'views.transposed': f32([3, 2], [0, 0.75, 0.25, 1, 0.5, 1.25]),
  'views.part': f32([2, 2], [4, 6, 8, 10]),
  'views.row': f32([4], [8, 9, 10, 11]),
  'views.expanded': f32([2, 3], [7, 7, 7, 7, 7, 7]),
  'views.scalar': f32([], [2.5]),
  'views.empty': f32([0, 4], []),
  'views.bools': { shape: [2, 2], dtype: 'bool', data: Uint8Array.of(1, 1, 0, 1) },
  'list.0': f32([4], [0, 1, 2, 3]),
  'list.1.0': f32([1], [1]),
};

const FLOATS = bytesOf(Float32Array.of(1, 2, 3, 4));
const FOUR = storage('FloatStorage', '0', 4);
const inZip = (object: string) => readPth(zipFile(pickle(object), { 0: FLOATS }));

describe('files that PyTorch wrote', () => {
  it.each(['zip.pth', 'legacy.pth', 'protocol-4.pth'])('%s', (name) => {
    const read = readPth(fixture(name));
    expect(read).toEqual(CONTENTS);
    expect(Object.keys(read)).toEqual(Object.keys(CONTENTS));
  });

  it.each(['zip.pth', 'legacy.pth'])('%s, damaged at any byte or cut anywhere, is read or refused', (name) => {
    const bytes = fixture(name);
    const cases = Array.from(bytes, (byte, at) => {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = byte ^ (1 << (at % 8));
      return damaged;
    });
    for (let length = 0; length < bytes.length; length += 7) cases.push(bytes.subarray(0, length));
    for (const damaged of cases) {
      try {
        for (const { shape, data } of Object.values(readPth(damaged))) expect(data).toHaveLength(sizeOf(shape));
      } catch (error) {
        expect(error).toBeInstanceOf(FormatError);
      }
    }
  });

  it.skipIf(!existsSync(REAL))('a published generator', () => {
    const read = readPth(readFileSync(REAL));
    expect(Object.keys(read)).toHaveLength(84);
    expect(read['model.1.weight']?.shape).toEqual([16, 3, 7, 7]);
    expect(readPth(encodePth(read))).toEqual(read);
  });
});

describe('older files', () => {
  it('view parts of larger storages', () => {
    const view = storage('FloatStorage', '7', 4, tuple(text('8'), integer(1), integer(2)));
    const file = legacyFile(pickle(dict({ x: tensor(view, [2]), y: tensor(view, [1], { offset: 1 }) })), { 7: [4, FLOATS] });
    expect(readPth(file)).toEqual({ x: f32([2], [2, 3]), y: f32([1], [3]) });
    const beyond = storage('FloatStorage', '7', 4, tuple(text('8'), integer(3), integer(2)));
    expect(() => readPth(legacyFile(pickle(dict({ x: tensor(beyond, [2]) })), { 7: [4, FLOATS] }))).toThrow(
      "Tensor 'x': storage '7' is cut off: it has 16 bytes of 20.",
    );
  });

  it('hand a dictionary its items, in texts of bytes, as Python 2 did', () => {
    const x = `U\x01x${tensor(FOUR, [4])}`;
    expect(inZip(`ccollections\nOrderedDict\n${tuple(list(`](${x}e`))}R`)).toEqual({ x: f32([4], [1, 2, 3, 4]) });
  });

  it('rebuild tensors without gradients and hooks', () => {
    const args = tuple(FOUR, integer(2), tuple(integer(2)), tuple(integer(1)));
    expect(inZip(dict({ x: `${global('torch._utils', '_rebuild_tensor')}${args}R` }))).toEqual({ x: f32([2], [3, 4]) });
  });
});

describe('containers', () => {
  it('may be in several places, and hold nothing', () => {
    const twice = `${list(tensor(FOUR, [1]))}q\x01`;
    expect(inZip(dict({ a: twice, b: 'h\x01', none: NONE, empty: LIST }))).toEqual({ 'a.0': f32([1], [1]), 'b.0': f32([1], [1]) });
    expect(inZip(DICT)).toEqual({});
  });

  it('treats __proto__ like any other name', () => {
    expect(Object.keys(inZip(`}${text('__proto__')}${tensor(FOUR, [1])}s`))).toEqual(['__proto__']);
  });

  it.each([
    ['that contain themselves', `]q\x00h\x00h\x00\x86q\x01(h\x01h\x00e`, 'nested more than 100 deep, or contain themselves'],
    ['nested too deep', `${']'.repeat(200)}${'a'.repeat(199)}`, 'nested more than 100 deep'],
    [
      'that are doubled again and again',
      `]q\x00${Array.from({ length: 60 }, () => '](h\x00h\x00eq\x00').join('')}`,
      'more than the 1048576 operations and items',
    ],
    ['with one name for two tensors', dict({ 'a.b': tensor(FOUR, [1]), a: dict({ b: tensor(FOUR, [1]) }) }), "the name 'a.b'"],
    ['with a key that is no name', `})${tensor(FOUR, [1])}s`, "a dictionary's key must be text or a number, got a sequence of 0"],
    ['with a very long name', dict({ ['x'.repeat(1001)]: tensor(FOUR, [1]) }), 'has 1001 characters'],
    ['that are none', tensor(FOUR, [4]), 'a tensor without a name'],
  ])('are refused %s', (_, object, message) => {
    expect(() => inZip(object)).toThrow(message);
  });
});

describe('what is refused', () => {
  it.each([
    ['a command', `${global('os', 'system')}${tuple(text('touch /tmp/x'))}R`, 'archive a'],
    ['a method of an allowed name', `${global('torch', 'FloatStorage.from_file')}`, ''],
    ['a method of all objects', global('constructor', 'constructor'), ''],
    ['a network as a whole', `${global('models.networks', 'ResnetGenerator')})\x81`, ''],
    ['a command in protocol 4', `\x8c\x02os\x8c\x06system\x93`, ''],
  ])('%s', (_, object) => {
    expect(() => inZip(object)).toThrow(/^a\/data\.pkl, byte \d+: it refers to .*, which this reader does not build: .*nothing is ever executed/);
  });

  it.each([
    ['a call of a storage', `${global('torch', 'FloatStorage')})R`, 'byte 2 calls'],
  ])('%s by its kind', (_, object) => {
    expect(() => inZip(object)).toThrow('it calls torch.FloatStorage, which this reader does not execute.');
  });
});
