/** What a network makes of many pictures, a row for each, without holding the pictures. */
import type { HostTensor } from '@cyclegan/core';
import { FeatureList, type Features } from '../distributions/features.ts';
import { MetricError, type Pixels } from '../pixels.ts';
import { batched } from './batched.ts';

/** A picture and its name. */
export interface NamedPicture {
  readonly name: string;
  readonly picture: Pixels;
}

/** A network on some pictures: a row of numbers for each of them, N x F. */
export type RowsOf = (pictures: readonly Pixels[]) => Promise<HostTensor>;

/** A row for each picture, in the order of names. */
export interface NamedFeatures {
  readonly names: readonly string[];
  readonly features: Features;
}

/** The rows of pictures as they come, `batch` at a time; throws MetricError when the network gives another number of rows. */
export async function collectFeatures(
  pictures: AsyncIterable<NamedPicture> | Iterable<NamedPicture>,
  network: RowsOf,
  { batch = 1 }: { readonly batch?: number } = {},
): Promise<NamedFeatures> {
  const names: string[] = [];
  const list = new FeatureList();
  for await (const group of batched(pictures, batch)) {
    const { shape, data } = await network(group.map(({ picture }) => picture));
    if (shape[0] !== group.length)
      throw new MetricError(`features: expected a row for each of ${group.length} pictures, got ${shape.join('x')}.`);
    list.add(data, data.length / group.length);
    names.push(...group.map(({ name }) => name));
  }
  return { names, features: list.features };
}
