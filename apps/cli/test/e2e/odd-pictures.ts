/** Pictures of the kinds that people have: every format, depth and colour space. */
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';

const [WIDTH, HEIGHT] = [24, 20];
const SVG = `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}"><circle cx="9" cy="9" r="7" fill="teal"/></svg>`;

/** Samples that differ from place to place. */
function noise(channels: 1 | 3 | 4): Sharp {
  const data = Uint8Array.from({ length: WIDTH * HEIGHT * channels }, (_, at) => (at * 7 + ((at * at) % 97)) % 256);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } });
}

function deep(channels: 1 | 3): Sharp {
  const data = Uint16Array.from({ length: WIDTH * HEIGHT * channels }, (_, at) => (at * 1009) % 65536);
  return sharp(data, { raw: { width: WIDTH, height: HEIGHT, channels } }).toColourspace(channels === 1 ? 'grey16' : 'rgb16');
}

async function animated(): Promise<Sharp> {
  const frames = [await noise(3).png().toBuffer(), await noise(3).negate().png().toBuffer()];
  return sharp(frames, { join: { animated: true } });
}

const KINDS: Readonly<Record<string, () => Promise<Uint8Array>>> = {
  'gray.png': () => noise(1).toColourspace('b-w').png().toBuffer(),
  'gray 16 bits.png': () => deep(1).png().toBuffer(),
  '16 bits.PNG': () => deep(3).png().toBuffer(),
  '16 bits.tif': () => deep(3).tiff({ compression: 'deflate' }).toBuffer(),
  'alpha.png': () => noise(4).png().toBuffer(),
  'palette.png': () => noise(3).png({ palette: true }).toBuffer(),
  'a folder/CMYK.jpg': () => noise(3).toColourspace('cmyk').jpeg().toBuffer(),
  'a folder/日本語/sideways.JPEG': () => noise(3).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  'moving.gif': async () => (await animated()).gif().toBuffer(),
  'moving.webp': async () => (await animated()).webp().toBuffer(),
  'still.avif': () => noise(3).avif({ effort: 0 }).toBuffer(),
  'drawing.svg': async () => new TextEncoder().encode(SVG),
  'wide colours.png': () => noise(3).withIccProfile('p3').png().toBuffer(),
  'one pixel.png': () => noise(3).resize(1, 1).png().toBuffer(),
};

/** Writes one picture of each kind to a folder and some subfolders; the result is how many. */
export async function writeOddPictures(folder: string): Promise<number> {
  for (const [name, make] of Object.entries(KINDS)) {
    const path = join(folder, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, await make());
  }
  return Object.keys(KINDS).length;
}
