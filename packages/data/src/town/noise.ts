/** Random surfaces, for all that is not uniform: soil, foliage, the banks of a river. Knows nothing of towns and pixels. */
import { Draws, type PlaceKey } from './draws.ts';

const PERIOD = 128;
/** Keeps surfaces of different grain apart. */
const STRIDE = 37;

/** Heights from -1 to 1 of a smooth surface with hills some `grain` metres wide; another surface for each grain. */
export type Noise = (x: number, y: number, grain: number) => number;

/** The surfaces of a place: random heights on a lattice (repeated after 128 of its cells), smoothly interpolated. */
export function noiseOf(key: PlaceKey): Noise {
  const draws = new Draws(key, 'noise');
  const heights = Float32Array.from({ length: PERIOD * PERIOD }, () => draws.between(-1, 1));
  const heightAt = (column: number, row: number) => heights[(row & (PERIOD - 1)) * PERIOD + (column & (PERIOD - 1))] ?? 0;
  return (x, y, grain) => {
    const u = x / grain + grain * STRIDE;
    const v = y / grain - grain * STRIDE;
    const column = Math.floor(u);
    const row = Math.floor(v);
    const right = smooth(u - column);
    const down = smooth(v - row);
    const above = mix(heightAt(column, row), heightAt(column + 1, row), right);
    const below = mix(heightAt(column, row + 1), heightAt(column + 1, row + 1), right);
    return mix(above, below, down);
  };
}

/** From `from` (share 0) to `to` (share 1). */
export function mix(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** From 0 to 1 with level ends. */
export function smooth(share: number): number {
  return share * share * (3 - 2 * share);
}
