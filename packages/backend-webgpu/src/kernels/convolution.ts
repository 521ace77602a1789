/** What the three convolution ops share: extents, and how pictures are read at places beyond their edges. */
import { type ConvGeometry, type Shape, sizeOf } from '@cyclegan/core';
import type { Anchor } from '../fusion/group.ts';
import { type Picture, pictureOf } from '../ir/mirrored.ts';
import { baseOf, type Value } from '../ir/operation.ts';
import type { Code } from '../wgsl/code.ts';
import { mirroredPosition } from '../wgsl/movement.ts';
import { type OperandType, operandType } from '../wgsl/types.ts';
import type { KernelWriter } from './kernel.ts';

/** Extents of a convolution: x is N x C x H x W, the kernel O x C/groups x KH x KW, the result N x O x H' x W'. */
export interface Extents {
  readonly images: number;
  readonly channels: number;
  readonly height: number;
  readonly width: number;
  readonly outputs: number;
  readonly kernelHeight: number;
  readonly kernelWidth: number;
  readonly outHeight: number;
  readonly outWidth: number;
  readonly geometry: ConvGeometry;
}

/** Extents from the shapes of x, the kernel and the result. */
export function extentsOf(x: Shape, w: Shape, y: Shape, geometry: ConvGeometry): Extents {
  const [images = 1, channels = 1, height = 1, width = 1] = x;
  const [outputs = 1, , kernelHeight = 1, kernelWidth = 1] = w;
  const [, , outHeight = 1, outWidth = 1] = y;
  return { images, channels, height, width, outputs, kernelHeight, kernelWidth, outHeight, outWidth, geometry };
}

/** What tells a convolution's kernels apart, for measured choices. */
export function describe(
  { op, inputs }: Pick<Anchor, 'op' | 'inputs'>,
  { images, channels, height, width, outputs, kernelHeight, kernelWidth, geometry }: Extents,
): string {
  const type = inputs[0]?.dtype === 'f16' ? ' f16' : '';
  const { strides, padding, dilation, groups } = geometry;
  const numbers = (values: readonly number[]) => values.join(',');
  return `${op} ${images}x${channels}x${height}x${width} ${outputs}x${kernelHeight}x${kernelWidth} strides ${numbers(strides)} padding ${numbers(padding)} dilation ${numbers(dilation)} groups ${groups}${type}`;
}

/** Whether the multiplications of a convolution are those of one matrix product: the others are rare, and get a simple kernel. */
export function isProduct({ geometry: { groups } }: Extents): boolean {
  return groups === 1;
}

/** Where a picture's element lies: i32 `y` and `x` in the padded picture, which may be beyond it, by vectors or one by one. */
export interface Position {
  readonly y: string;
  readonly x: string;
  /** Place of the first element of the plane in the source. */
  readonly plane: string;
}

/** Reads pictures as convolutions do. */
export class PictureReader {
  readonly #writer: KernelWriter;
  readonly #picture: Picture;
  readonly #extents: Extents;

  constructor(writer: KernelWriter, x: Value, extents: Extents) {
    this.#writer = writer;
    this.#picture = pictureOf(x);
    this.#extents = extents;
  }

  /** Elements of a plane of the source. */
  get planeSize(): number {
    return sizeOf(this.#picture.source.shape.slice(2));
  }

  /** Whether positions can be outside of the padded picture, where zeros are. */
  get hasZeros(): boolean {
    return this.#extents.geometry.padding.some((size) => size > 0);
  }

  /** Conditions, on vectors of i32, for a position to be inside. */
  inside({ y, x }: Position, lanes: 1 | 4): string {
    const zero = lanes === 4 ? 'vec4i(0)' : '0';
    const limit = (extent: number) => (lanes === 4 ? `vec4i(${extent})` : `${extent}`);
    const { height, width } = this.#extents;
    const and = lanes === 4 ? '&' : '&&';
    return [`(${y} >= ${zero})`, `(${y} < ${limit(height)})`, `(${x} >= ${zero})`, `(${x} < ${limit(width)})`].join(` ${and} `);
  }

  /** u32 place in memory of a position inside. */
  place({ y, x, plane }: Position, lanes: 1 | 4): string {
    const { source, mirrored } = this.#picture;
    const [, , height = 1, width = 1] = source.shape;
    const [top, , left] = mirrored;
    const isMirrored = mirrored.some((size) => size > 0);
    const vector = (value: number) => (lanes === 4 ? `vec4i(${value})` : `${value}`);
    const along = (position: string, before: number, extent: number) => {
      if (!isMirrored) return position;
      return lanes === 1
        ? mirroredPosition(`${position} - ${before}`, extent)
        : `${vector(extent - 1)} - abs(${vector(extent - 1)} - abs(${position} - ${vector(before)}))`;
    };
    const cast = lanes === 4 ? 'vec4u' : 'u32';
    return `${plane} + ${cast}((${along(y, top, height)}) * ${width} + ${along(x, left, width)})`;
  }

  /** The statement-free expression of four elements at `places`, of which those outside are 0. */
  four(code: Code, places: string, inside: string | undefined): string {
    const name = this.#writer.bindings.read(this.#source);
    const at = code.let(places);
    const values = `${this.operands.four}(${['x', 'y', 'z', 'w'].map((lane) => `${name}[${at}.${lane}]`).join(', ')})`;
    return inside === undefined ? values : `select(${this.operands.four}(), ${values}, ${inside})`;
  }

  /** Four neighbours in memory from `place`, a multiple of four, on. */
  quad(place: string): string {
    return `${this.#writer.bindings.read(this.#source, 4)}[(${place}) / 4u]`;
  }

  /** The element at `place`, in registers. */
  one(place: string): string {
    return this.#writer.bindings.load(this.#source, place);
  }

  /** How fours are written, as operands of products. */
  get operands(): OperandType {
    return operandType(this.#source.dtype);
  }

  /** Whether the source can be read by fours. */
  get hasQuads(): boolean {
    return this.#writer.hasQuads(this.#source);
  }

  get #source(): Value {
    return baseOf(this.#picture.source);
  }
}
