/** Pictures made by the tests themselves, in folders that vanish afterwards. */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { onTestFinished } from 'vitest';

/** A new folder that is removed when the test ends. */
export async function temporaryFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'cyclegan-data-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** Writes files, by path inside `folder`, making the folders they lie in. */
export async function writeFiles(folder: string, files: Readonly<Record<string, Uint8Array>>): Promise<void> {
  for (const [name, bytes] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), bytes);
  }
}

/** RGB samples that differ from place to place, and from one `variant` to the next. */
export function samples(width: number, height: number, variant = 0): Uint8Array {
  return Uint8Array.from({ length: width * height * 3 }, (_, index) => (index * 7919 + variant * 37 + ((index * index) % 101)) % 256);
}

/** A sharp pipeline over RGB samples. */
export function rgb(width: number, height: number, data: Uint8Array = samples(width, height)): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } });
}

/** Writes `count` PNG pictures, all different, and returns their paths. */
export async function writePictures(folder: string, prefix: string, count: number, [width, height] = [16, 16]): Promise<string[]> {
  const names = Array.from({ length: count }, (_, index) => `${prefix}${index}.png`);
  for (const [index, name] of names.entries()) {
    const data = samples(width, height, prefix.charCodeAt(0) * 100 + index);
    await writeFiles(folder, { [name]: await rgb(width, height, data).png().toBuffer() });
  }
  return names.map((name) => join(folder, name));
}
