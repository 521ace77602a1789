/** The aerial picture of a place: materials with texture, roofs in the sun, shadows, and the camera. Knows nothing of street maps. */
import type { Picture } from '../picture.ts';
import { Canvas } from './canvas.ts';
import type { Rgb } from './classes.ts';
import { Draws, type PlaceKey } from './draws.ts';
import type { Fields } from './fields.ts';
import { add, disc, dot, grown, type Point, quarterTurn, rectShape, type Shape, strokeShape, sweptShape } from './geometry.ts';
import { mix, type Noise } from './noise.ts';
import { coverage, distanceField, EVERYWHERE, type Grid, visit, widened } from './raster.ts';
import type { Building, Patch, Town, Tree } from './town.ts';

/** What a picture is painted from. */
interface Scene {
  readonly town: Town;
  readonly fields: Fields;
  readonly noise: Noise;
  readonly weather: Weather;
}

/** The light of the day, and how the camera renders it. */
interface Weather {
  /** Of a shadow, in heights of what casts it. */
  readonly shadowLength: number;
  readonly exposure: number;
  readonly tint: Rgb;
  readonly haze: number;
  /** From -1, lush, to 1. */
  readonly dryness: number;
}

/** A colour that noise of several grains varies: broad, middling and fine. */
interface Material {
  readonly colour: Rgb;
  readonly broad: Rgb;
  readonly middling: Rgb;
  readonly fine: number;
}

/** Where shadows fall: the sun is in the upper left. */
const SHADE: Point = { x: 0.8, y: 0.6 };
/** In metres. */
const GRAINS = { broad: 38, middling: 7, fine: 1.7, finest: 0.6 };
const MATERIALS = {
  ground: { colour: [146, 140, 108], broad: [20, 10, 12], middling: [14, 8, 10], fine: 12 },
  grass: { colour: [96, 128, 62], broad: [16, 10, 8], middling: [9, 8, 6], fine: 9 },
  paved: { colour: [172, 166, 156], broad: [6, 6, 6], middling: [7, 7, 7], fine: 6 },
  water: { colour: [50, 80, 88], broad: [4, 8, 8], middling: [2, 3, 4], fine: 2 },
  bank: { colour: [126, 118, 88], broad: [10, 10, 8], middling: [16, 14, 10], fine: 12 },
  asphalt: { colour: [104, 104, 106], broad: [6, 6, 6], middling: [5, 5, 5], fine: 6 },
  sidewalk: { colour: [166, 160, 152], broad: [6, 6, 6], middling: [6, 6, 6], fine: 6 },
} as const satisfies Record<string, Material>;

/** Widths in metres: of the edge of a road, and of bare earth around water. */
const SIDEWALK = 1.4;
const BANK = 1.3;
/** What is left of each colour of light in a shadow: mostly that of the sky. */
const SHADOW: Rgb = [0.44, 0.48, 0.56];
/** Of a tree, in widths of its crown. */
const TREE_HEIGHT = 1.5;
const CAR_HEIGHT = 1.5;
const SENSOR_NOISE = 5;

/** Takes the picture. */
export function drawAerial(key: PlaceKey, { grid, ...given }: Omit<Scene, 'weather'> & { readonly grid: Grid }): Picture {
  const canvas = new Canvas(grid);
  const scene = { ...given, weather: drawWeather(key) };
  paintGround(canvas, scene);
  const { lines, cars, buildings, trees } = scene.town;
  for (const line of lines) paintPatch(canvas, line);
  castShadows(canvas, scene);
  for (const car of cars) paintPatch(canvas, car);
  for (const building of [...buildings].sort((a, b) => a.height - b.height)) paintRoof(canvas, building, scene.noise);
  for (const tree of trees) paintTree(canvas, tree, scene.noise);
  develop(canvas, scene.weather, key);
  return canvas.picture();
}

function drawWeather(key: PlaceKey): Weather {
  const draws = new Draws(key, 'weather');
  return {
    shadowLength: draws.between(0.5, 0.8),
    exposure: draws.between(1.02, 1.24),
    tint: [draws.between(0.96, 1.04), draws.between(0.98, 1.02), draws.between(0.94, 1.06)],
    haze: draws.between(2, 18),
    dryness: draws.between(-1, 1),
  };
}

function paintGround(canvas: Canvas, { fields, noise, weather }: Scene): void {
  const texture = textureOf(canvas.grid, noise);
  const everywhere = new Float32Array(texture.broad.length).fill(Number.NEGATIVE_INFINITY);
  layMaterial(canvas, everywhere, { material: dried(MATERIALS.ground, weather.dryness), texture });
  layMaterial(canvas, fields.grass, { material: dried(MATERIALS.grass, weather.dryness), texture });
  layMaterial(canvas, fields.paved, { material: MATERIALS.paved, texture });
  layMaterial(canvas, fields.water, { material: MATERIALS.bank, texture, inset: -BANK });
  layMaterial(canvas, fields.water, { material: MATERIALS.water, texture });
  layMaterial(canvas, fields.roads, { material: MATERIALS.sidewalk, texture });
  layMaterial(canvas, fields.roads, { material: MATERIALS.asphalt, texture, inset: SIDEWALK });
}

/** Noise of each grain at every pixel. */
type Texture = Readonly<Record<'broad' | 'middling' | 'fine', Float32Array>>;

function textureOf(grid: Grid, noise: Noise): Texture {
  const { size, pixel } = grid;
  // grains below a pixel average out
  const seen = (grain: number) => Math.min(1, grain / (1.5 * pixel));
  const [middlingSeen, fineSeen, finestSeen] = [seen(GRAINS.middling), seen(GRAINS.fine), 0.7 * seen(GRAINS.finest)];
  const plane = () => new Float32Array(size * size);
  const [broad, middling, fine] = [plane(), plane(), plane()];
  visit(grid, EVERYWHERE, (at, x, y) => {
    broad[at] = noise(x, y, GRAINS.broad);
    middling[at] = middlingSeen * noise(x, y, GRAINS.middling);
    fine[at] = fineSeen * noise(x, y, GRAINS.fine) + finestSeen * noise(x, y, GRAINS.finest);
  });
  return { broad, middling, fine };
}

/** What lies where a field is negative. */
interface Layer {
  readonly material: Material;
  readonly texture: Texture;
  readonly inset?: number;
}

function layMaterial(canvas: Canvas, field: Float32Array, { material, texture, inset = 0 }: Layer): void {
  const { pixel } = canvas.grid;
  const [red, green, blue] = material.colour;
  const [broadRed, broadGreen, broadBlue] = material.broad;
  const [middlingRed, middlingGreen, middlingBlue] = material.middling;
  for (let at = 0; at < field.length; at++) {
    const share = coverage((field[at] ?? 0) + inset, pixel);
    if (share === 0) continue;
    const [broad, middling, fine] = [texture.broad[at] ?? 0, texture.middling[at] ?? 0, material.fine * (texture.fine[at] ?? 0)];
    canvas.blend(
      at,
      red + broad * broadRed + middling * middlingRed + fine,
      green + broad * broadGreen + middling * middlingGreen + fine,
      blue + broad * broadBlue + middling * middlingBlue + fine,
      share,
    );
  }
}

function dried(material: Material, dryness: number): Material {
  const [red, green, blue] = material.colour;
  return { ...material, colour: [red + 12 * dryness, green + 2 * dryness, blue + 4 * dryness] };
}

function paintPatch(canvas: Canvas, { rect: thin, colour: [red, green, blue] }: Patch): void {
  const { rect, opacity } = widened(thin, canvas.grid);
  paintShape(canvas, rectShape(rect), (at, _x, _y, share) => canvas.blend(at, red, green, blue, share * opacity));
}

/** Visits the pixels that a shape covers with the share of each. */
function paintShape({ grid }: Canvas, shape: Shape, each: (at: number, x: number, y: number, share: number) => void): void {
  visit(grid, grown(shape.bounds, grid.pixel), (at, x, y) => {
    const share = coverage(shape.distance(x, y), grid.pixel);
    if (share > 0) each(at, x, y, share);
  });
}

/** Darkens what lies behind buildings, trees and cars; where shadows meet it is no darker. */
function castShadows({ grid, samples }: Canvas, { town, weather: { shadowLength } }: Scene): void {
  const shift = (height: number): Point => add({ x: 0, y: 0 }, SHADE, height * shadowLength);
  const shapes = [
    ...town.buildings.map(({ rect, height }) => sweptShape(rect, shift(height))),
    ...town.cars.map(({ rect }) => sweptShape(rect, shift(CAR_HEIGHT))),
    ...town.trees.map(({ centre, radius }) => {
      const to = add(centre, shift(radius * TREE_HEIGHT * 2));
      return strokeShape({ from: centre, to, radius: radius * 0.9 });
    }),
  ];
  const field = distanceField(grid, shapes, grid.pixel);
  for (let at = 0; at < field.length; at++) {
    const share = coverage(field[at] ?? 0, grid.pixel);
    if (share === 0) continue;
    for (let channel = 0; channel < 3; channel++) {
      const index = 3 * at + channel;
      samples[index] = (samples[index] ?? 0) * mix(1, SHADOW[channel] ?? 1, share);
    }
  }
}

/** Slopes are bright towards the sun and dark away from it; flat roofs have a bright rim. */
function paintRoof(canvas: Canvas, { rect, roof, colour }: Building, noise: Noise): void {
  const { pixel } = canvas.grid;
  const aside = quarterTurn(rect.heading);
  const towards = (axis: Point) => -dot(axis, SHADE);
  const [lightAlong, lightAside] = [towards(rect.heading), towards(aside)];
  const light = (a: number, b: number): number => {
    const [fromEnd, fromSide] = [rect.along - Math.abs(a), rect.across - Math.abs(b)];
    if (roof === 'flat') return Math.min(fromEnd, fromSide) < 0.7 ? 0.14 : 0;
    if (roof === 'hip' && fromEnd < fromSide) return 0.26 * Math.sign(a) * lightAlong;
    // smooth across the ridge
    return 0.26 * lightAside * Math.min(1, Math.max(-1, (2 * b) / pixel));
  };
  paintShape(canvas, rectShape(rect), (at, x, y, share) => {
    const [dx, dy] = [x - rect.centre.x, y - rect.centre.y];
    const [a, b] = [dx * rect.heading.x + dy * rect.heading.y, dx * aside.x + dy * aside.y];
    const brightness = 1 + light(a, b) + 0.05 * noise(x, y, GRAINS.middling) + 0.05 * noise(x, y, GRAINS.finest);
    canvas.blend(at, colour[0] * brightness, colour[1] * brightness, colour[2] * brightness, share);
  });
}

function paintTree(canvas: Canvas, { centre, radius, colour }: Tree, noise: Noise): void {
  paintShape(canvas, strokeShape(disc(centre, radius)), (at, x, y, share) => {
    const sunny = -((x - centre.x) * SHADE.x + (y - centre.y) * SHADE.y) / radius;
    const brightness = 1 + 0.38 * sunny + 0.3 * noise(x, y, 1.1);
    canvas.blend(at, colour[0] * brightness, colour[1] * brightness, colour[2] * brightness, share);
  });
}

/** Exposure, the hue of the light, haze and the noise of a sensor. */
function develop({ samples }: Canvas, { exposure, tint, haze }: Weather, key: PlaceKey): void {
  const draws = new Draws(key, 'sensor');
  for (let at = 0; at < samples.length / 3; at++) {
    const noise = draws.between(-1, 1) * SENSOR_NOISE;
    for (let channel = 0; channel < 3; channel++) {
      const index = 3 * at + channel;
      samples[index] = (samples[index] ?? 0) * exposure * (tint[channel] ?? 1) * (1 - haze / 255) + haze + noise;
    }
  }
}
