import { describe, expect, it } from 'vitest';
import type { Picture } from '../../../src/picture.ts';
import { TOWN_CLASSES } from '../../../src/town/classes.ts';
import { MAP_COLOURS } from '../../../src/town/street-map.ts';
import { type TownTile, townTile } from '../../../src/town/tile.ts';

const PLACES = Array.from({ length: 12 }, (_, place) => place);
const tiles64 = PLACES.map((place) => townTile({ seed: 3, place, size: 64 }));

const KINDS = ['aerial', 'map', 'labels'] as const;

/** The samples of a pixel. */
function pixelOf({ data }: Picture, at: number): number[] {
  return [...data.subarray(3 * at, 3 * at + 3)];
}

/** The class of each pixel. */
function classesOf({ labels }: TownTile): (string | undefined)[] {
  const names = new Map(TOWN_CLASSES.map(({ rgb, name }) => [rgb.join(), name]));
  return Array.from({ length: labels.width * labels.height }, (_, at) => names.get(pixelOf(labels, at).join()));
}

/** The pixels whose whole 5 x 5 surroundings are of a class. */
function insidesOf(classes: readonly (string | undefined)[], name: string): number[] {
  const size = Math.sqrt(classes.length);
  const isInside = (at: number) =>
    [-2, -1, 0, 1, 2].every((down) => [-2, -1, 0, 1, 2].every((right) => classes[at + down * size + right] === name));
  return [...classes.keys()].filter((at) => at % size > 1 && at % size < size - 2 && isInside(at));
}

/** The mean of 2 x 2 pixels each. */
function halved({ width, data }: Picture): number[] {
  const half = width / 2;
  return Array.from({ length: half * half * 3 }, (_, index) => {
    const [pixel, channel] = [Math.floor(index / 3), index % 3];
    const first = 2 * Math.floor(pixel / half) * width + 2 * (pixel % half);
    return [0, 1, width, width + 1].reduce((sum, step) => sum + (data[3 * (first + step) + channel] ?? 0) / 4, 0);
  });
}

/** What is filled with a colour that is nearest to this one on the map. */
function nearestFill(pixel: readonly number[]): string | undefined {
  const fills = ['ground', 'grass', 'paved', 'water', 'street', 'avenue', 'building', 'tree'] as const;
  return [...fills].sort((a, b) => meanDifference(MAP_COLOURS[a], pixel) - meanDifference(MAP_COLOURS[b], pixel))[0];
}

function meanDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a, (value, index) => Math.abs(value - (b[index] ?? 0))).reduce((sum, value) => sum + value, 0) / a.length;
}

describe('townTile', () => {
  it('makes the same pictures again, whatever was made before', () => {
    for (const kind of KINDS) expect(townTile({ seed: 3, place: 7, size: 64 })[kind]).toEqual(tiles64[7]?.[kind]);
  });

  it('makes another place for each number and each seed', () => {
    const seen = [...tiles64, townTile({ seed: 4, place: 0, size: 64 })].map(({ labels }) => Buffer.from(labels.data).toString('base64'));
    expect(new Set(seen).size).toBe(PLACES.length + 1);
  });

  it.each([16, 31, 100])('makes square RGB pictures of %d pixels', (size) => {
    const tile = townTile({ seed: 0, place: 0, size });
    for (const kind of KINDS) {
      expect(tile[kind]).toMatchObject({ width: size, height: size, channels: 3 });
      expect(tile[kind].data).toHaveLength(3 * size * size);
    }
  });

  it.each([15, 1025, 64.5, Number.NaN])('refuses the size %d', (size) => {
    expect(() => townTile({ seed: 0, place: 0, size })).toThrow(`size: expected a whole number of pixels from 16 to 1024, got ${size}`);
  });

  it.each([-1, 0.5, 2 ** 53])('refuses the place %d', (place) => {
    expect(() => townTile({ seed: 0, place, size: 16 })).toThrow(`place: expected an integer from 0 to 2^53 - 1, got ${place}`);
  });

  it('labels every pixel with a class, and has all classes over a few places', () => {
    const seen = new Set(tiles64.flatMap(classesOf));
    expect(seen).toEqual(new Set(TOWN_CLASSES.map(({ name }) => name)));
  });

  it('has roads and buildings in every place, in proportion', () => {
    for (const tile of tiles64) {
      const classes = classesOf(tile);
      const share = (name: string) => classes.filter((found) => found === name).length / classes.length;
      expect(share('road')).toBeGreaterThan(0.12);
      expect(share('road')).toBeLessThan(0.5);
      expect(share('building')).toBeGreaterThan(0.02);
    }
  });

  it('shows at any size the same place', () => {
    for (const place of [0, 5, 9]) {
      const [small, large] = [townTile({ seed: 3, place, size: 64 }), townTile({ seed: 3, place, size: 128 })];
      const other = townTile({ seed: 3, place: place + 1, size: 64 });
      for (const kind of ['aerial', 'map'] as const) {
        const shrunk = halved(large[kind]);
        const difference = meanDifference(small[kind].data, shrunk);
        expect(difference).toBeLessThan(kind === 'map' ? 3 : 10);
        expect(difference).toBeLessThan(0.35 * meanDifference(other[kind].data, shrunk));
      }
    }
  });
});

describe('the geometry of the three pictures', () => {
  const tiles128 = PLACES.map((place) => townTile({ seed: 3, place, size: 128 }));

  it.each(['ground', 'grass', 'paved', 'water', 'building', 'tree'] as const)('is %s on the map wherever labels say so', (name) => {
    let found = 0;
    for (const tile of tiles128) {
      const insides = insidesOf(classesOf(tile), name);
      found += insides.length;
      for (const at of insides) expect(nearestFill(pixelOf(tile.map, at))).toBe(name);
    }
    expect(found).toBeGreaterThan(20);
  });

  it('has on the map white or yellow roads', () => {
    const colours = new Set<string>();
    for (const tile of tiles64) for (const at of insidesOf(classesOf(tile), 'road')) colours.add(pixelOf(tile.map, at).join());
    expect(colours).toEqual(new Set([MAP_COLOURS.street, MAP_COLOURS.avenue].map((colour) => colour.join())));
  });

  it('shows from the air green parks, blue water and gray roads', () => {
    for (const tile of tiles64) {
      const classes = classesOf(tile);
      const mean = (name: string) => {
        const insides = insidesOf(classes, name).map((at) => pixelOf(tile.aerial, at));
        return [0, 1, 2].map((channel) => insides.reduce((sum, pixel) => sum + (pixel[channel] ?? 0), 0) / insides.length);
      };
      const [grass, water, road] = [mean('grass'), mean('water'), mean('road')];
      const has = ([red = Number.NaN]: readonly number[]) => !Number.isNaN(red);
      const [red, green, blue] = [0, 1, 2] as const;
      if (has(grass)) expect(grass[green]).toBeGreaterThan(Math.max(grass[red] ?? 0, grass[blue] ?? 0) + 8);
      if (has(water)) expect(water[blue]).toBeGreaterThan((water[red] ?? 0) + 15);
      if (has(road)) expect(Math.max(...road) - Math.min(...road)).toBeLessThan(25);
    }
  });

  it('has texture from the air where the map is flat', () => {
    for (const tile of tiles64) {
      const insides = insidesOf(classesOf(tile), 'ground');
      const contrast = (picture: Picture) =>
        insides.reduce((sum, at) => sum + Math.abs((picture.data[3 * at] ?? 0) - (picture.data[3 * at + 3] ?? 0)), 0) / insides.length;
      if (insides.length < 10) continue;
      expect(contrast(tile.map)).toBe(0);
      expect(contrast(tile.aerial)).toBeGreaterThan(2);
    }
  });

  it('differs in light from place to place', () => {
    const brightness = tiles64.map(({ aerial }) => meanDifference(aerial.data, []));
    expect(Math.max(...brightness) - Math.min(...brightness)).toBeGreaterThan(10);
  });
});
