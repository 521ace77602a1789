/** What the head of a PNG file says of its picture (https://www.w3.org/TR/png-3/#11IHDR). Decodes nothing. */
import { FormatError } from '../errors.ts';

const SIGNATURE = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a] as const;

/** Offsets in bytes: the header chunk is always the first. */
const [WIDTH, HEIGHT, COLOUR_TYPE, END] = [16, 20, 25, 29] as const;

/** Channels of each colour type; palettes hold RGB. */
const CHANNELS: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/** The size of a picture, and its channels (alpha is one). */
export interface PngHead {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
}

/** Reads the head of a PNG file; throws FormatError for anything else. */
export function readPngHead(png: Uint8Array): PngHead {
  const channels = CHANNELS[png[COLOUR_TYPE] ?? -1];
  if (png.length < END || channels === undefined || SIGNATURE.some((byte, at) => png[at] !== byte))
    throw new FormatError('Not a PNG file: encode the picture as PNG.');
  const view = new DataView(png.buffer, png.byteOffset, END);
  return { width: view.getUint32(WIDTH), height: view.getUint32(HEIGHT), channels };
}
