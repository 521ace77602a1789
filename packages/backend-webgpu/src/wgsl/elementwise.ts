/** Elementwise operations as WGSL expressions, for one element or four. Kinks follow PyTorch, and NaN comes through every function. */
import type { DType, Relation } from '@cyclegan/core';
import type { ElementwiseName, ElementwiseParams, Operation } from '../ir/operation.ts';
import type { Code } from './code.ts';
import { literal, registerType, SPECIAL, type Width } from './types.ts';

/** What an expression is written for: the types of the operands and of the result. */
export interface Setting {
  readonly code: Code;
  readonly width: Width;
  readonly from: DType;
  readonly to: DType;
}

type Write<K extends ElementwiseName> = (
  operands: readonly [string, string, string, string, string],
  params: ElementwiseParams[K],
  setting: Setting,
) => string;

/** The expression of an operation on operands that are names or literals. */
export function elementwise<K extends ElementwiseName>(
  { op, params }: Pick<Operation<K>, 'op' | 'params'>,
  operands: readonly string[],
  setting: Setting,
): string {
  return (EXPRESSIONS[op] as unknown as Write<K>)(operands as never, params as ElementwiseParams[K], setting);
}

/** A number as an operand. */
export function number(value: number, dtype: DType, { code, width }: Pick<Setting, 'code' | 'width'>): string {
  const text = literal(value, dtype);
  if (text.startsWith('special')) code.declare('special', SPECIAL);
  return width === 1 ? text : `${registerType(dtype, width)}(${text})`;
}

const RELATIONS: Readonly<Record<Relation, string>> = { eq: '==', ne: '!=', lt: '<', le: '<=', gt: '>', ge: '>=' };

const of = (value: number, setting: Setting, dtype: DType = setting.from) => number(value, dtype, setting);

const infix =
  (symbol: string) =>
  ([a, b]: readonly string[]) =>
    `${a} ${symbol} ${b}`;

const call = (name: string) => (operands: readonly string[]) => `${name}(${operands.join(', ')})`;

/** A function of the module, declared for the type at hand. */
function helper(name: string, body: (type: string) => string) {
  return ([x]: readonly string[], _: unknown, { code, width, from }: Setting): string => {
    const type = registerType(from, width);
    const full = width === 1 ? name : `${name}4`;
    code.declare(full, `fn ${full}(x: ${type}) -> ${type} {\n${body(type)}\n}`);
    return `${full}(${x})`;
  };
}

/** tanh by the exponential, whose error is known, and by its series near 0, where that would cancel; WGSL's own may be off by 1e-5. */
const TANH = (type: string) => `  let square = x * x;
  let series = x * (${type}(1f) - square * (${type}(0.33333334f) - square * (${type}(0.13333334f) - square * (${type}(0.05396825f) - square * ${type}(0.021869488f)))));
  let shrunk = exp(-2f * abs(x));
  let ratio = sign(x) * ((${type}(1f) - shrunk) / (${type}(1f) + shrunk));
  return select(ratio, series, abs(x) < ${type}(0.3f));`;

const SOFTPLUS = (type: string) => `  return max(x, ${type}(0f)) + log(${type}(1f) + exp(-abs(x)));`;

const SIGMOID = (type: string) => `  let shrunk = exp(-abs(x));
  return select(shrunk, ${type}(1f), x >= ${type}(0f)) / (${type}(1f) + shrunk);`;

/** log, whose pole at 0 not every implementation has. */
function logarithm(operands: readonly string[], params: unknown, setting: Setting): string {
  setting.code.declare('special', SPECIAL);
  const body = (type: string) => `  return select(log(x), ${type}(special(0xff800000u)), x == ${type}(0));`;
  return helper('natural_logarithm', body)(operands, params, setting);
}

const EXPRESSIONS: { readonly [K in ElementwiseName]: Write<K> } = {
  copy: ([x]) => x,
  neg: ([x]) => `-(${x})`,
  abs: call('abs'),
  sign: call('sign'),
  square: ([x]) => `${x} * ${x}`,
  sqrt: call('sqrt'),
  rsqrt: ([x], _, setting) => `${of(1, setting)} / sqrt(${x})`,
  exp: call('exp'),
  log: logarithm,
  tanh: helper('hyperbolic_tangent', TANH),
  sigmoid: helper('logistic', SIGMOID),
  softplus: helper('softplus', SOFTPLUS),
  relu: ([x], _, setting) => `select(${x}, ${of(0, setting)}, ${x} <= ${of(0, setting)})`,
  leakyRelu: ([x], { slope }, setting) => `select(${of(slope, setting)} * ${x}, ${x}, ${x} > ${of(0, setting)})`,
  // to f16 it rounds where it is left in memory: compilers take a conversion there and back away
  cast: ([x], { dtype }, setting) => (dtype === 'bool' ? `${x} != ${of(0, setting)}` : `${registerType(dtype, setting.width)}(${x})`),

  add: infix('+'),
  sub: infix('-'),
  mul: infix('*'),
  div: infix('/'),
  min: call('min'),
  max: call('max'),
  compare: ([a, b], { relation }) => `${a} ${RELATIONS[relation]} ${b}`,
  select: ([condition, a, b]) => `select(${b}, ${a}, ${condition})`,

  reluGrad: ([dy, y], { slope }, setting) =>
    `select(${slope === 0 ? of(0, setting) : `${of(slope, setting)} * ${dy}`}, ${dy}, ${y} > ${of(0, setting)})`,
  normalized: ([x, mean, rstd]) => `(${x} - ${mean}) * ${rstd}`,
  normalizedGrad: ([dy, y, rstd, meanDy, meanProduct]) => `${rstd} * (${dy} - ${meanDy} - ${y} * ${meanProduct})`,
};
