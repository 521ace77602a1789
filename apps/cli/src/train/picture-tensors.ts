/** One picture of a batch, and all that the networks make and say of it. Knows the names of tensors, and how none of them looks. */
import { f32, type HostTensor, type Sample } from '@cyclegan/core';
import type { Side } from './fixed-pictures.ts';

/** Tensors of one picture, 1 x C x H x W; those of networks that no loss trains are missing. */
export interface PictureTensors {
  readonly real: HostTensor;
  /** Translated to the other domain. */
  readonly fake?: HostTensor;
  /** Translated and translated back. */
  readonly rec?: HostTensor;
  /** What comes of it when it is taken for one of the other domain, of which it should stay as it is. */
  readonly idt?: HostTensor;
  /** Maps of logits, 1 x 1 x patches x patches: what the discriminators say of `real` and of `fake`. */
  readonly patchReal?: HostTensor;
  readonly patchFake?: HostTensor;
}

/** The tensors of picture `index` of domain `side`. */
export function tensorsOf({ batch, pictures, patches }: Sample, side: Side, index: number): PictureTensors {
  const [own, other] = side === 'A' ? (['A', 'B'] as const) : (['B', 'A'] as const);
  const found = {
    fake: pictures[`fake${other}`],
    rec: pictures[`rec${own}`],
    idt: pictures[`idt${other}`],
    patchReal: patches[`real${own}`],
    patchFake: patches[`fake${other}`],
  };
  const there = Object.entries(found).flatMap(([name, tensor]) => (tensor === undefined ? [] : [[name, pictureOf(tensor, index)]]));
  return { real: pictureOf(batch[own], index), ...Object.fromEntries(there) };
}

function pictureOf({ shape, data }: HostTensor, index: number): HostTensor {
  const [count = 1, ...rest] = shape;
  const extent = data.length / count;
  return f32([1, ...rest], Float32Array.from(data.subarray(index * extent, (index + 1) * extent)));
}
