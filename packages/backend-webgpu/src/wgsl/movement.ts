/** Operations that move elements, as the positions that a result's element comes from. */
import type { Shape } from '@cyclegan/core';
import type { MovementParams, Operation, Value } from '../ir/operation.ts';
import type { Code } from './code.ts';
import { number } from './elementwise.ts';
import { Index } from './index-map.ts';
import { literal, registerType } from './types.ts';

/** What a movement is written with. */
export interface Mover {
  readonly code: Code;
  /** The expression of a value at a position. */
  at(value: Value, index: Index): string;
}

type Move<K extends keyof MovementParams> = (mover: Mover, operation: Operation<K>, index: Index) => string;

/** The expression of the element of a movement's result at `index`. */
export function movement<K extends keyof MovementParams>(mover: Mover, operation: Operation<K>, index: Index): string {
  return (MOVEMENTS[operation.op] as Move<K>)(mover, operation, index);
}

const output = ({ outputs }: Pick<Operation, 'outputs'>) => outputs[0] as Value;
const input = ({ inputs }: Pick<Operation, 'inputs'>, k = 0) => inputs[k] as Value;

/** A variable that `branches` gives its value, each under its condition; the first that holds, or `otherwise`. */
function chosen(
  code: Code,
  { type, otherwise }: { readonly type: string; readonly otherwise: string },
  branches: readonly { readonly when: string; readonly value: () => string }[],
): string {
  const name = code.name();
  code.line(`var ${name}: ${type} = ${otherwise};`);
  branches.forEach(({ when, value }, k) => {
    code.line(`${k === 0 ? '' : 'else '}if (${when}) {\n${code.block(() => code.line(`${name} = ${value()};`))}\n}`);
  });
  return name;
}

const zero = ({ dtype }: Value) => ({
  type: registerType(dtype, 1),
  otherwise: dtype === 'bool' ? 'false' : `${registerType(dtype, 1)}(0)`,
});

/** The first of `size` entries of an axis of `extent`, clamped so that they fit. */
function firstEntry({ code, at }: Mover, index: Value, { extent, size }: { readonly extent: number; readonly size: number }): string {
  return code.let(`u32(clamp(${at(index, Index.at(code, index.shape, '0u'))}, 0, ${extent - size}))`);
}

/** i32 position from which mirrored rows or columns are read. */
export function mirroredPosition(position: string, extent: number): string {
  return `${extent - 1} - abs(${extent - 1} - abs(${position}))`;
}

const MOVEMENTS: { readonly [K in keyof MovementParams]: Move<K> } = {
  reshape: ({ at }, operation, index) => at(input(operation), index.reshaped(input(operation).shape)),

  transpose: ({ code, at }, operation, index) => {
    const { shape } = input(operation);
    const coordinates: string[] = shape.map(() => '0u');
    operation.params.permutation.forEach((axis, k) => {
      coordinates[axis] = index.coordinate(k);
    });
    return at(input(operation), Index.of(code, shape, coordinates));
  },

  broadcast: ({ at }, operation, index) => at(input(operation), index.stretched(input(operation).shape)),

  concat: ({ code, at }, operation, index) => {
    const { axis } = operation.params;
    const along = index.coordinate(axis);
    let start = 0;
    const branches = operation.inputs.map((operand) => {
      const first = start;
      start += operand.shape[axis] ?? 0;
      const coordinates = () => index.coordinates.map((each, k) => (k === axis && first > 0 ? code.let(`${each} - ${first}u`) : each));
      return { when: `${along} < ${start}u`, value: () => at(operand, Index.of(code, operand.shape, coordinates())) };
    });
    return chosen(code, zero(output(operation)), branches);
  },

  slice: ({ code, at }, operation, index) => {
    const { starts, steps } = operation.params;
    const coordinates = index.coordinates.map((each, axis) => {
      const [start = 0, step = 1] = [starts[axis], steps[axis]];
      const scaled = step === 1 || each === '0u' ? each : `${each} * ${step}u`;
      return start === 0 ? code.let(scaled) : code.let(`${scaled} + ${start}u`);
    });
    const { shape } = input(operation);
    return at(input(operation), Index.of(code, shape, coordinates));
  },

  pad: (mover, operation, index) => pad(mover, operation, index),

  reflectPad: ({ code, at }, operation, index) => {
    const { shape } = input(operation);
    const [top, , left] = operation.params.padding;
    const [n = '0u', c = '0u'] = index.coordinates;
    const mirrored = (axis: 2 | 3, before: number) =>
      code.let(`u32(${mirroredPosition(`i32(${index.coordinate(axis)}) - ${before}`, shape[axis] ?? 1)})`);
    return at(input(operation), Index.of(code, shape, [n, c, mirrored(2, top), mirrored(3, left)]));
  },

  reflectPadGrad: (mover, operation, index) => reflectPadGrad(mover, operation, index),

  iota: (_, operation, index) => `${registerType(output(operation).dtype, 1)}(${index.coordinate(0)})`,

  dynamicSlice: (mover, operation, index) => {
    const [x, position] = operation.inputs as readonly [Value, Value];
    const first = firstEntry(mover, position, { extent: x.shape[0] ?? 1, size: operation.params.size });
    const [entry = '0u', ...rest] = index.coordinates;
    return mover.at(x, Index.of(mover.code, x.shape, [mover.code.let(`${first} + ${entry}`), ...rest]));
  },

  dynamicUpdate: (mover, operation, index) => {
    const { code, at } = mover;
    const [x, update, position] = operation.inputs as readonly [Value, Value, Value];
    const size = update.shape[0] ?? 1;
    const first = firstEntry(mover, position, { extent: x.shape[0] ?? 1, size });
    const [entry = '0u', ...rest] = index.coordinates;
    const replaced = {
      when: `${entry} >= ${first} && ${entry} < ${first} + ${size}u`,
      value: () => at(update, Index.of(code, update.shape, [code.let(`${entry} - ${first}`), ...rest])),
    };
    return chosen(code, zero(x), [replaced, { when: 'true', value: () => at(x, index) }]);
  },
};

function pad({ code, at }: Mover, operation: Operation<'pad'>, index: Index): string {
  const { low, interior, high, value } = operation.params;
  const x = input(operation);
  const conditions: string[] = [];
  const coordinates = index.coordinates.map((each, axis) => {
    const [before = 0, step = 1, extent = 1] = [low[axis], (interior[axis] ?? 0) + 1, x.shape[axis]];
    if (before === 0 && step === 1 && high[axis] === 0) return each;
    const position = code.let(`i32(${each}) - (${before})`);
    conditions.push(`${position} >= 0`, `${position} < ${(extent - 1) * step + 1}`);
    if (step > 1) conditions.push(`${position} % ${step} == 0`);
    return step > 1 ? `(u32(${position}) / ${step}u)` : `u32(${position})`;
  });
  if (conditions.length === 0) return at(x, Index.of(code, x.shape, coordinates));
  const inside = () =>
    at(
      x,
      Index.of(
        code,
        x.shape,
        coordinates.map((each) => code.let(each)),
      ),
    );
  const padding = number(value, x.dtype, { code, width: 1 });
  return chosen(code, { type: registerType(x.dtype, 1), otherwise: padding }, [{ when: conditions.join(' && '), value: inside }]);
}

/** A place along an axis of the padded picture that takes part in the sum, and when it does. */
interface Source {
  readonly position: string;
  readonly when?: string;
}

/** Where along an axis of `extent` the cotangents of an element are: its own, and those of its mirror images. */
function sourcesOf(
  at: string,
  { extent, before, after }: { readonly extent: number; readonly before: number; readonly after: number },
): Source[] {
  const sources: Source[] = [{ position: `${at} + ${before}u` }];
  if (before > 0) sources.push({ position: `${before}u - ${at}`, when: `${at} >= 1u && ${at} <= ${before}u` });
  const last = extent - 1;
  if (after > 0) sources.push({ position: `${before + 2 * last}u - ${at}`, when: `${at} >= ${last - after}u && ${at} < ${last}u` });
  return sources;
}

function reflectPadGrad({ code, at }: Mover, operation: Operation<'reflectPadGrad'>, index: Index): string {
  const dy = input(operation);
  const [top, bottom, left, right] = operation.params.padding;
  const [, , height = 1, width = 1] = output(operation).shape;
  const [n = '0u', c = '0u', y = '0u', x = '0u'] = index.coordinates;
  const total = code.name();
  code.line(`var ${total} = ${literal(0, dy.dtype)};`);
  for (const row of sourcesOf(y, { extent: height, before: top, after: bottom })) {
    for (const column of sourcesOf(x, { extent: width, before: left, after: right })) {
      const value = () => at(dy, Index.of(code, dy.shape as Shape, [n, c, code.let(row.position), code.let(column.position)]));
      const conditions = [row.when, column.when].filter((when) => when !== undefined);
      if (conditions.length === 0) code.line(`${total} += ${value()};`);
      else code.line(`if (${conditions.join(' && ')}) {\n${code.block(() => code.line(`${total} += ${value()};`))}\n}`);
    }
  }
  return total;
}
