/** How good translations are, in numbers. */
export { blockMeans } from './block-means.ts';
export { type Colour, ColourCounts, paint } from './colours.ts';
export { l1Distance } from './l1-distance.ts';
export { type Score, summarise } from './score.ts';
