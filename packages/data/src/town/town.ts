/** What a place of the synthetic town consists of, in metres. Knows nothing of pixels, and of how a street map looks. */
import type { Rgb } from './classes.ts';
import type { Point, Rect, Shape } from './geometry.ts';

/** A part of a building with a roof of its own: with two slopes, four, or none. */
export interface Building {
  readonly rect: Rect;
  readonly height: number;
  readonly roof: 'gable' | 'hip' | 'flat';
  readonly colour: Rgb;
}

/** A tree with a round crown. */
export interface Tree {
  readonly centre: Point;
  readonly radius: number;
  readonly colour: Rgb;
}

/** Something rectangular on the ground of one colour: a car, a line on the road. */
export interface Patch {
  readonly rect: Rect;
  readonly colour: Rgb;
}

/** A place. Later fields lie on top of earlier ones. */
export interface Town {
  readonly grass: readonly Shape[];
  readonly paved: readonly Shape[];
  readonly water: readonly Shape[];
  readonly streets: readonly Shape[];
  readonly avenues: readonly Shape[];
  readonly lines: readonly Patch[];
  readonly cars: readonly Patch[];
  readonly buildings: readonly Building[];
  readonly trees: readonly Tree[];
}

/** What stands on a block, to be added to. */
export type Site = { readonly [K in 'grass' | 'paved' | 'water' | 'lines' | 'cars' | 'buildings' | 'trees']: Town[K][number][] };
