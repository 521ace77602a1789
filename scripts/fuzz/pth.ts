/** PyTorch's .pth files: those that PyTorch wrote for the tests, and one of our own. */
import { readFile } from 'node:fs/promises';
import { encodePth, readPth } from '@cyclegan/formats';
import { unzipSync, zipSync } from 'fflate';
import type { FuzzTarget, Seed } from './target.ts';
import { readsTensors } from './tensors.ts';

const FIXTURES = new URL('../../packages/formats/test/fixtures/', import.meta.url);

/** The pickle of a zip file alone: most of the file's other bytes are nothing but numbers of tensors. */
function pickleOf(name: string, file: Uint8Array): Seed {
  const files = unzipSync(file);
  const pickle = Object.keys(files).find((path) => path.endsWith('data.pkl')) ?? '';
  return {
    name: `pickle of ${name}`,
    bytes: files[pickle] ?? new Uint8Array(),
    wrap: (bytes) => zipSync({ ...files, [pickle]: bytes }, { level: 0 }),
  };
}

/** .pth files. */
export const pth: FuzzTarget = {
  async seeds() {
    const names = ['zip.pth', 'protocol-4.pth', 'legacy.pth'];
    const files = await Promise.all(names.map(async (name) => ({ name, bytes: await readFile(new URL(name, FIXTURES)) })));
    const own = { name: 'own.pth', bytes: encodePth(readPth(files[0]?.bytes ?? new Uint8Array())) };
    const zips = [...files.filter(({ name }) => name !== 'legacy.pth'), own];
    return [...files, own, ...zips.map(({ name, bytes }) => pickleOf(name, bytes))];
  },
  attempt: (path) => readsTensors(async () => readPth(await readFile(path))),
};
