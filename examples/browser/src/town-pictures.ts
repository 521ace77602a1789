/** The synthetic town as two sets of pictures: the same places that `cyclegan synth` writes, so that training can go on with its files. */
import type { Picture } from '@cyclegan/data/memory';
import { townPlace, townTile } from '@cyclegan/data/town';

/** Pictures to train on. */
export interface TwoSets {
  readonly A: readonly Picture[];
  readonly B: readonly Picture[];
}

/** So many aerial pictures (A) and street maps (B) of size x size pixels, of different places; `made` hears of each place. */
export function townPictures(count: number, size: number, made: (done: number) => void = () => undefined): TwoSets {
  const draw = (purpose: 'trainA' | 'trainB', index: number) => townTile({ seed: 0, place: townPlace(purpose, index), size });
  const places = Array.from({ length: count }, (_, index) => {
    const pair = { A: draw('trainA', index).aerial, B: draw('trainB', index).map };
    made(index + 1);
    return pair;
  });
  return { A: places.map(({ A }) => A), B: places.map(({ B }) => B) };
}
