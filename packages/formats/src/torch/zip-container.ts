/** The container of torch.save since PyTorch 1.6: a zip archive of one pickle and a file for each storage. What the pickle says is not known here. */
import { unzipSync } from 'fflate';
import { decodeUtf8 } from '../bytes.ts';
import { FormatError } from '../errors.ts';
import { Budget } from './budget.ts';
import { storageOf } from './storages.ts';
import { unpickle } from './unpickler.ts';
import type { TorchFile } from './values.ts';

const PICKLE = 'data.pkl';
/** What TorchScript keeps beside it, in the archive's one folder. */
const PROGRAM = /^[^/]*\/(?:code\/|constants\.pkl$)/;

/** Whether bytes begin as a zip archive does. */
export function isZip(bytes: Uint8Array): boolean {
  return bytes[0] === 0x50 && bytes[1] === 0x4b && bytes[2] === 3 && bytes[3] === 4;
}

/** Reads the pickle of such a file and finds its storages; throws FormatError when it is not whole or holds a program. */
export function openZip(bytes: Uint8Array, steps: Budget): TorchFile {
  const files = unzip(bytes, steps);
  const pickle = [...files.keys()].find((name) => name === PICKLE || name.endsWith(`/${PICKLE}`));
  if (pickle === undefined)
    throw new FormatError(`Not a PyTorch file: the zip archive has no ${PICKLE}; it has ${listed([...files.keys()])}.`);
  const folder = pickle.slice(0, -PICKLE.length);
  const order = files.get(`${folder}byteorder`);
  if (order !== undefined && decodeUtf8(order, 'The byte order') !== 'little')
    throw new FormatError('The file was written on a big-endian machine; load and save it again with PyTorch on a little-endian one.');
  const { value } = unpickle(files.get(pickle) ?? new Uint8Array(), { what: pickle, steps, persistent: storageOf });
  const data = `${folder}data/`;
  const storages = [...files].filter(([name]) => name.startsWith(data)).map(([name, file]) => [name.slice(data.length), file] as const);
  return { root: value, storages: new Map(storages) };
}

/** The files of an archive by name. Checksums are not compared, as in PyTorch, which can leave them out. */
function unzip(bytes: Uint8Array, steps: Budget): ReadonlyMap<string, Uint8Array> {
  const sizes = new Map<string, number>();
  // stored one beside the other, files cannot hold more than the archive does
  const room = new Budget(bytes.length, 'bytes of its zip archive');
  const filter = ({ name, size, compression }: { name: string; size: number; compression: number }) => {
    steps.spend(1);
    room.spend(size);
    if (PROGRAM.test(name)) throw new FormatError('The file is a TorchScript program, not weights: save the state_dict of the model.');
    if (compression !== 0)
      throw new FormatError(`${name} is compressed, which PyTorch never does: load and save the file again with PyTorch.`);
    if (sizes.has(name)) throw new FormatError(`${name} is twice in the zip archive.`);
    sizes.set(name, size);
    return true;
  };
  try {
    const files = new Map(Object.entries(unzipSync(bytes, { filter })));
    for (const [name, size] of sizes)
      if (files.get(name)?.length !== size) throw new FormatError(`${name} is cut off: it should have ${size} bytes.`);
    return files;
  } catch (error) {
    if (error instanceof FormatError) throw error;
    throw new FormatError(`The zip archive is damaged or cut off: ${error instanceof Error ? error.message : String(error)}.`);
  }
}

function listed(names: readonly string[]): string {
  return names.length > 4 ? `${names.slice(0, 4).join(', ')} ...` : names.join(', ') || 'no files';
}
