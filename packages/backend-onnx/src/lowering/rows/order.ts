/**
 * In which order the rows of a matrix hold the positions of pictures. One order per size, the same for every tensor of that
 * size, so that elementwise ops never permute: places of 4 x 4 tiles one after the other, each with all tiles of all pictures,
 * as Winograd's results come out. Places on the edge of a tile come first, because gradients of overlapping tiles add up there.
 */

/** N, C, H, W of a batch of pictures. */
export type PictureShape = readonly [n: number, c: number, height: number, width: number];

/** A batch's extents without its channels. */
export interface Extents {
  readonly n: number;
  readonly height: number;
  readonly width: number;
}

/** The extents of a picture's shape. */
export function extentsOf([n, , height, width]: PictureShape): Extents {
  return { n, height, width };
}

/** The order in detail: `blocks` times `n` times `tiles` rows. */
export interface RowOrder {
  readonly blocks: number;
  readonly n: number;
  readonly tiles: number;
  /** Rows of a picture in this order: `rowOf` alone. */
  readonly terms: readonly Int32Array[];
  /** Row of each position; positions count picture by picture, row by row. */
  readonly rowOf: Int32Array;
  /** Position in each row. */
  readonly positionOf: Int32Array;
}

/** Sizes whose orders are kept; a network has a dozen. */
const MOST_KNOWN = 64;

const known = new Map<string, RowOrder>();

/** The order for a batch of this size. */
export function rowOrder({ n, height, width }: Extents): RowOrder {
  const key = `${n} ${height} ${width}`;
  const order = known.get(key) ?? makeOrder({ n, height, width });
  if (known.size >= MOST_KNOWN) known.clear();
  known.set(key, order);
  return order;
}

function makeOrder({ n, height, width }: Extents): RowOrder {
  const side = [4, 2].find((divisor) => height % divisor === 0 && width % divisor === 0) ?? 1;
  const tiles = (height * width) / side ** 2;
  const rowOf = new Int32Array(n * height * width);
  const blocks = Array.from({ length: side ** 2 }, (_, place) => blockOf(Math.floor(place / side), place % side, side));
  let position = 0;
  for (let picture = 0; picture < n; picture++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const tile = Math.floor(y / side) * (width / side) + Math.floor(x / side);
        rowOf[position++] = ((blocks[(y % side) * side + (x % side)] ?? 0) * n + picture) * tiles + tile;
      }
    }
  }
  const positionOf = new Int32Array(rowOf.length);
  rowOf.forEach((row, at) => {
    positionOf[row] = at;
  });
  return { blocks: side ** 2, n, tiles, terms: [rowOf], rowOf, positionOf };
}

/** Places of a 4 x 4 tile by the sides of it that they lie on: both directions, one, none. */
const PLACES = (() => {
  const onEdge = (place: number) => (place === 0 || place === 3 ? 1 : 0);
  const places = Array.from({ length: 16 }, (_, place) => ({ place, edges: onEdge(place >> 2) + onEdge(place & 3) }));
  return places.sort((a, b) => b.edges - a.edges).map(({ place }) => place);
})();

/** Which block holds place (y, x) of tiles of `side`. */
export function blockOf(y: number, x: number, side: number): number {
  return side === 4 ? PLACES.indexOf(y * 4 + x) : y * side + x;
}
