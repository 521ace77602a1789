/** From the pictures of items to the tensors of a step. Knows neither how items are chosen nor where pictures come from. */
import { type Batch, type BatchShape, f32 } from '@cyclegan/core';
import type { Picture } from '../picture.ts';
import type { Choice, Domain, ItemChoices } from './item-choices.ts';
import { writeWindow } from './picture-tensor.ts';

/** A picture of each domain. */
export type Pictures = Readonly<Record<Domain, Picture>>;

/** Where the pictures of a batch come from. */
export interface BatchParts {
  readonly choices: ItemChoices;
  readonly pictures: (choice: Choice) => Promise<Pictures>;
}

/** The batch of a step, counted from 0; the last one of an epoch is filled from the next. */
export async function composeBatch(
  step: number,
  { batch, channels, height, width }: BatchShape,
  { choices, pictures }: BatchParts,
): Promise<Batch> {
  const extents = { A: channels.A * height * width, B: channels.B * height * width };
  const data = { A: new Float32Array(batch * extents.A), B: new Float32Array(batch * extents.B) };
  await Promise.all(
    Array.from({ length: batch }, async (_, place) => {
      const item = step * batch + place;
      const chosen = await pictures(choices.choose(item));
      for (const domain of ['A', 'B'] as const) {
        const target = data[domain].subarray(place * extents[domain], (place + 1) * extents[domain]);
        writeWindow(target, chosen[domain], choices.window(item, domain, chosen[domain]));
      }
    }),
  );
  return { A: f32([batch, channels.A, height, width], data.A), B: f32([batch, channels.B, height, width], data.B) };
}
