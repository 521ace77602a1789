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

function expectReadOrRefused(file: Uint8Array): void {
  try {
    for (const { shape, data } of Object.values(readPth(file))) expect(data).toHaveLength(sizeOf(shape));
  } catch (error) {
    expect(error).toBeInstanceOf(FormatError);
  }
}

describe('files that PyTorch wrote', () => {
  it.each(['zip.pth', 'legacy.pth', 'protocol-4.pth'])('%s', (name) => {
    const read = readPth(fixture(name));
    expect(read).toEqual(CONTENTS);
    expect(Object.keys(read)).toEqual(Object.keys(CONTENTS));
  });

  it.each(['zip.pth', 'legacy.pth'])('%s, damaged or cut anywhere, is read or refused', (name) => {
    const bytes = fixture(name);
    for (let at = 0; at < bytes.length; at += 11) {
      const damaged = Uint8Array.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ (1 << (at % 8));
      for (const file of [damaged, bytes.subarray(0, at)]) expectReadOrRefused(file);
    }
  });

  it.skipIf(!existsSync(REAL))('a published generator, where ../shared has it', () => {
    const read = readPth(readFileSync(REAL));
    expect(Object.keys(read)).toHaveLength(84);
    expect(read['model.1.weight']?.shape).toEqual([16, 3, 7, 7]);
    expect(readPth(encodePth(read))).toEqual(read);
  });
});

describe('newer files', () => {
  it('may say more of themselves', () => {
    const extra = {
      byteorder: 'little',
      version: '3\n',
      '.format_version': '1',
      '.storage_alignment': '64',
      '.data/serialization_id': '7',
    };
    expect(readPth(zipFile(pickle(dict({ x: tensor(FOUR, [4]) })), { 0: FLOATS }, extra))).toEqual({ x: f32([4], [1, 2, 3, 4]) });
  });
});

describe('older files', () => {
  it('view parts of larger storages', () => {
    const view = storage('FloatStorage', '7', 4, tuple(text('8'), integer(1), integer(2)));
    const file = legacyFile(pickle(dict({ x: tensor(view, [2]), y: tensor(view, [1], { offset: 1 }) })), { 7: [4, FLOATS] });
    expect(readPth(file)).toEqual({ x: f32([2], [2, 3]), y: f32([1], [3]) });
    const beyond = storage('FloatStorage', '7', 4, tuple(text('8'), integer(3), integer(2)));
    expect(() => readPth(legacyFile(pickle(dict({ x: tensor(beyond, [2]) })), { 7: [4, FLOATS] }))).toThrow(
      `Tensor 'x': storage "7" is cut off: it has 16 bytes of 20.`,
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

describe('what is more than tensors and containers is refused, and not run', () => {
  it.each([
    ['a command', `${global('os', 'system')}${tuple(text('touch /tmp/x'))}R`, 'os.system'],
    ['a command in protocol 4', '\x8c\x02os\x8c\x06system\x93', 'os.system'],
    ['a module as a whole', `${global('models.networks', 'ResnetGenerator')})\x81`, 'models.networks.ResnetGenerator'],
    ['a function beside an allowed one', global('torch._utils', '_rebuild_qtensor'), 'torch._utils._rebuild_qtensor'],
    ['a name of JavaScript', global('constructor', 'constructor'), 'constructor.constructor'],
  ])('%s', (_, object, name) => {
    expect(() => inZip(dict({ x: object }))).toThrow(
      `it refers to ${name}, which this reader does not build: only tensors and containers are read, nothing is ever executed.`,
    );
  });

  it.each([
    [`${global('torch', 'FloatStorage')})R`, 'it calls torch.FloatStorage, which this reader does not execute'],
    [`${global('torch', 'float32')})\x81`, 'it calls torch.float32'],
    [`${text('x')})R`, 'it calls "x"'],
    [`${tensor(FOUR, [1])}${dict({ shape: tuple(integer(9)) })}b`, 'it sets attributes of a tensor, expected a dictionary'],
    ['\x8c\x02os]\x93', 'it refers to a sequence of 0 of "os", expected names'],
    [`${text('module')}Q`, 'a reference to a storage must be a list or tuple, got "module"'],
    [`${tuple(text('module'))}Q`, 'it refers to "module" outside of the pickle'],
  ])('%j', (object, message) => {
    expect(() => inZip(object)).toThrow(message);
  });

  it('says where', () => {
    expect(() => inZip(`N${global('os', 'system')}`)).toThrow(/^a\/data\.pkl, byte 3: it refers to os\.system/);
    expect(() => readPth(legacyFile(pickle(global('os', 'system'))))).toThrow(/^The object, byte \d+: it refers to os\.system/);
  });
});

describe('pickles that are not well-formed are refused', () => {
  it.each([
    ['with an unknown operation', 'I01\n', 'byte 2: operation 0x49 is not one that PyTorch writes'],
    ['of a protocol to come', '\x80\x06', 'it is of protocol 6; at most 5 is known'],
    ['cut in a text', 'X\xff\xff\xff\x7fabc', 'the file is cut off: 2147483647 bytes are needed here and 4 follow'],
    ['cut in a name', 'cos', 'ends in the middle of a line'],
    ['with an empty stack', '', 'byte 2: its stack is empty'],
    ['without a mark', 'Nt', 'it has no mark'],
    ['without what they recall', 'h\x05', 'it has no value 5'],
    ['that append to a number', 'K\x01Na', 'what is appended to must be a list or tuple, got 1'],
    ['that set an item of a list', `]${text('a')}Ns`, 'it sets a key of a sequence of 0, expected a dictionary'],
    ['with a key and no value', `}(${text('a')}u`, `key "a" has no value`],
    ['with a text that is not UTF-8', 'U\x01\xff', 'a text is not valid UTF-8'],
  ])('%s', (_, object, message) => {
    expect(() => inZip(object)).toThrow(message);
  });
});

describe('tensors that do not fit their storage are refused', () => {
  it.each([
    ['too long', tensor(FOUR, [5]), 'a tensor of shape [5] reaches element 4 of its storage, which has 4'],
    ['beginning too late', tensor(FOUR, [2], { offset: 3 }), 'reaches element 4'],
    ['with strides too wide', tensor(FOUR, [2, 2], { strides: [3, 1] }), 'reaches element 4'],
    ['with an extent below 0', tensor(FOUR, [-1]), 'shape: expected whole numbers from 0 to below 2^31, got -1'],
    ['with a stride below 0', tensor(FOUR, [2], { offset: 1, strides: [-1] }), 'strides: expected whole numbers'],
    ['with a stride too few', tensor(FOUR, [2, 2], { strides: [1] }), 'a tensor has 2 extents but 1 strides'],
    ['with a hundred axes', tensor(FOUR, new Array<number>(100).fill(1)), "a tensor's shape has 100 axes; at most 32"],
    ['in a storage longer than its bytes', tensor(storage('FloatStorage', '0', 5), [5]), 'storage "0" is cut off: it has 16 bytes of 20'],
    ['in a storage that is not there', tensor(storage('FloatStorage', '1', 4), [4]), 'the file has no storage "1"'],
    ['in a class that is none', tensor(storage('float32', '0', 4), [4]), 'a storage must have a class of storages, got torch.float32'],
    ['in no storage', tensor(NONE, [1]), 'a tensor needs a storage, got null'],
    ['of integers beyond 32 bits', tensor(storage('LongStorage', '0', 2), [2]), "Tensor 'x' (I64): value 4611686019492741120 at element 0"],
    ['repeated without end', tensor(FOUR, [2 ** 30, 4], { strides: [0, 1] }), 'more than the 16777216 bytes of tensors'],
    ['a parameter of nothing', `${global('torch._utils', '_rebuild_parameter')}${tuple(NONE)}R`, 'a parameter needs a tensor, got null'],
  ])('%s', (_, object, message) => {
    expect(() => inZip(dict({ x: object }))).toThrow(message);
  });

  it('whose sign is put off', () => {
    const args = tuple(FOUR, integer(0), tuple(integer(1)), tuple(integer(1)), '\x89', ORDERED_DICT, dict({ neg: '\x88' }));
    expect(() => inZip(`${global('torch._utils', '_rebuild_tensor_v2')}${args}R`)).toThrow('a tensor has the flags neg');
  });

  it('but empty ones may have any extent', () => {
    expect(inZip(dict({ x: tensor(FOUR, [2 ** 30, 2 ** 30, 0]) }))).toEqual({ x: f32([2 ** 30, 2 ** 30, 0], []) });
  });
});

describe('files that are not PyTorch files, or not whole, are refused', () => {
  const whole = { x: tensor(FOUR, [4]) };
  const stored = zipFile(pickle(dict(whole)), { 0: FLOATS });
  it.each([
    ['nothing', new Uint8Array(), 'Not a PyTorch file: it begins neither as a zip archive nor with the magic number'],
    ['a text', raw('hello'), 'Not a PyTorch file'],
    ['another pickle', raw(pickle(dict({}))), 'Not a PyTorch file'],
    ['another zip archive', zipSync({ 'a.txt': FLOATS }, { level: 0 }), 'the zip archive has no data.pkl; it has a.txt'],
    ['a program', zipFile(pickle(DICT), {}, { 'constants.pkl': '' }), 'a TorchScript program, not weights: save the state_dict'],
    ['a program with its code', zipSync({ 'a/code/__torch__.py': new Uint8Array(99) }), 'a TorchScript program'],
    ['a compressed archive', zipSync({ 'a/data.pkl': new Uint8Array(99) }), 'a/data.pkl is compressed, which PyTorch never does'],
    ['half an archive', stored.subarray(0, stored.length / 2), 'The zip archive is damaged or cut off'],
    ['a big-endian archive', zipFile(pickle(DICT), {}, { byteorder: 'big' }), 'written on a big-endian machine'],
    ['a big-endian file', legacyFile(pickle(DICT), {}, { littleEndian: false }), 'written on a big-endian machine'],
    ['another version', legacyFile(pickle(DICT), {}, { version: 1002 }), 'The PyTorch file is of version 1002; version 1001 is known'],
    ['a storage that is cut', legacyFile(pickle(dict(whole)), { 0: [5, FLOATS] }), /Storage "0", byte \d+: the file is cut off: 20 bytes/],
    ['a storage of nobody', legacyFile(pickle(dict(whole)), { 0: [4, FLOATS], 9: [0, raw('')] }), 'list of storages has "9"'],
    ['a storage missing', legacyFile(pickle(dict(whole))), 'the file has no storage "0"'],
  ])('%s', (_, bytes, message) => {
    expect(() => readPth(bytes)).toThrow(message);
    expect(() => readPth(bytes)).toThrow(FormatError);
  });

  it('archives whose files overlap, or are there twice', () => {
    const [one, two] = ['a/data/1', 'a/data/2'];
    const bytes = zipSync({ 'a/data.pkl': raw(pickle(DICT)), [one]: new Uint8Array(5000), [two]: new Uint8Array(1) }, { level: 0 });
    const directory = Buffer.from(bytes).lastIndexOf(two) - 46;
    const overlapping = Uint8Array.from(bytes);
    new DataView(overlapping.buffer).setUint32(directory + 20, 5000, true);
    expect(() => readPth(overlapping)).toThrow('bytes of its zip archive');
    const twice = Uint8Array.from(bytes);
    twice.set(raw(one), directory + 46);
    expect(() => readPth(twice)).toThrow('a/data/1 is twice in the zip archive');
  });
});
