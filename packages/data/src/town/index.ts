/** The synthetic town: needs neither Node nor sharp, so that it runs in a browser. */
export { TOWN_CLASSES, type TownClass, type TownClassName } from './classes.ts';
export { type TownPurpose, townPlace } from './places.ts';
export { MAP_COLOURS } from './street-map.ts';
export { TOWN_SIZES, type TownTile, type TownTileOptions, townTile } from './tile.ts';
