/** How element types are written in WGSL, in memory and in registers, alone and by fours. */
import type { DType } from '@cyclegan/core';

/** How many neighbouring elements an expression stands for. */
export type Width = 1 | 4;

/** f16 is a way to keep numbers: what is computed of them is f32, so that nothing between two memory accesses overflows or is rounded. */
const REGISTER: Readonly<Record<DType, string>> = { f32: 'f32', f16: 'f32', i32: 'i32', bool: 'bool' };
const MEMORY: Readonly<Record<DType, string>> = { f32: 'f32', f16: 'f16', i32: 'i32', bool: 'u32' };

/** Type of a value in registers. */
export function registerType(dtype: DType, width: Width): string {
  return width === 1 ? REGISTER[dtype] : `vec4<${REGISTER[dtype]}>`;
}

/** Type of an element, or of four, in memory; a bool is a word there. */
export function memoryType(dtype: DType, width: Width): string {
  return width === 1 ? MEMORY[dtype] : `vec4<${MEMORY[dtype]}>`;
}

/** `value` in registers for an element read as `text`. */
export function fromMemory(text: string, dtype: DType, width: Width): string {
  if (dtype === 'f16') return `${registerType(dtype, width)}(${text})`;
  if (dtype !== 'bool') return text;
  return width === 1 ? `(${text} != 0u)` : `(${text} != vec4<u32>(0u))`;
}

/** What is written to memory for a value in registers. */
export function toMemory(text: string, dtype: DType, width: Width): string {
  if (dtype === 'f16') return `${memoryType(dtype, width)}(${text})`;
  if (dtype !== 'bool') return text;
  return width === 1 ? `select(0u, 1u, ${text})` : `select(vec4<u32>(0u), vec4<u32>(1u), ${text})`;
}

/** How the operands of products are written, which come from memory as they are: one, four neighbours, and 0. */
export interface OperandType {
  readonly one: string;
  readonly four: string;
  readonly zero: string;
}

/** The operands of a product of floats. */
export function operandType(dtype: DType): OperandType {
  return dtype === 'f16' ? { one: 'f16', four: 'vec4h', zero: '0h' } : { one: 'f32', four: 'vec4f', zero: '0f' };
}

/** A number as WGSL writes it. Infinities and NaN have no literal: they come from `special`, which gives them from their bits. */
export function literal(value: number, dtype: DType): string {
  if (dtype === 'bool') return value === 0 ? 'false' : 'true';
  if (dtype === 'i32') return value === -(2 ** 31) ? 'i32(-2147483648)' : `${Math.trunc(value)}i`;
  const rounded = Math.fround(value);
  if (Number.isFinite(rounded)) return Object.is(value, -0) ? '-0f' : `${shortest(value, rounded)}f`;
  return `special(${Number.isNaN(rounded) ? '0x7fc00000u' : rounded > 0 ? '0x7f800000u' : '0xff800000u'})`;
}

/** The function behind infinities: a constant expression of this value would be an error. */
export const SPECIAL = `var<private> special_bits: u32;
fn special(bits: u32) -> f32 {
  special_bits = bits;
  return bitcast<f32>(special_bits);
}`;

/** The shortest decimal that is `rounded` in f32. */
function shortest(value: number, rounded: number): string {
  for (let digits = 1; digits < 9; digits++) {
    const text = Number(value.toPrecision(digits));
    if (Math.fround(text) === rounded) return String(text);
  }
  return String(rounded);
}
