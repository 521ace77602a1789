/** Where evaluated pictures come from: a folder, or a run that translates test pictures as they are asked for. One picture is held at a time. */
import { extname } from 'node:path';
import type { Translator } from '@cyclegan/core';
import { type Channels, decodePicture, listDomain, type Picture, type PictureFile, type Size } from '@cyclegan/data';
import { RunError, UsageError } from '../errors.ts';
import { kindOfPath } from '../files.ts';
import { translatePicture } from '../translate/translate-picture.ts';

/** Pictures by name, without their endings. */
export interface PictureSet {
  /** What they are, for tables and results. */
  readonly about: string;
  readonly names: readonly string[];
  /** The picture of a name, of 8 bits, resized where a size is given; throws PictureError, naming the file, when it cannot be read. */
  read(name: string, size?: Size): Promise<Picture>;
}

const RGB = 3;

/** How the pictures of a set are read. */
export interface ReadOptions {
  /** What they are resized to; their own size unless given. */
  readonly size?: Size | undefined;
  /** 3 unless given. */
  readonly channels?: Channels;
}

/** Pictures of a data set or folder; throws RunError for two of one name. */
export function filesSet(about: string, files: readonly PictureFile[], { size, channels = RGB }: ReadOptions = {}): PictureSet {
  const byName = new Map<string, PictureFile>();
  for (const file of files) {
    const name = file.name.slice(0, file.name.length - extname(file.name).length);
    const other = byName.get(name);
    if (other !== undefined)
      throw new RunError(
        `${other.path} and ${file.path} have the same name but for the ending; rename one, or keep them in folders apart.`,
      );
    byName.set(name, file);
  }
  return {
    about,
    names: [...byName.keys()],
    read: (name, own = size) => decodePicture(byName.get(name) ?? name, { channels, ...(own === undefined ? {} : { size: own }) }),
  };
}

/** The pictures in the folder that an option names; throws UsageError when it is none, DataSetError when it has no pictures. */
export async function folderSet(option: string, folder: string, options?: ReadOptions): Promise<PictureSet> {
  if ((await kindOfPath(folder)) !== 'folder') throw new UsageError(`${option} ${folder}: there is no such folder.`);
  return filesSet(folder, await listDomain(folder), options);
}

/** What `translators`, one after the other, make of the pictures of another set, in RGB, rounded to 8 bits as in a file. */
export function translatedSet(about: string, source: PictureSet, translators: readonly Translator[]): PictureSet {
  return {
    about,
    names: source.names,
    async read(name) {
      let picture = await source.read(name);
      for (const translator of translators) picture = await translatePicture(translator, picture, 8);
      return asRgb(picture);
    },
  };
}

/** The same pictures in RGB. */
export function inRgb(set: PictureSet): PictureSet {
  return { ...set, read: async (name, size) => asRgb(await set.read(name, size)) };
}

function asRgb(picture: Picture): Picture {
  const { width, height, channels, data } = picture;
  if (channels === RGB) return picture;
  const colours = new Uint8Array(width * height * RGB);
  for (let at = 0; at < colours.length; at++) {
    const [pixel, channel] = [Math.floor(at / RGB), at % RGB];
    colours[at] = data[pixel * channels + (channels === 1 ? 0 : channel)] ?? 0;
  }
  return { width, height, channels: RGB, data: colours };
}

/** Names that both sets have, in order, and how many of each set the other does not have; throws RunError when they share none. */
export function pairNames(one: PictureSet, other: PictureSet): { readonly names: readonly string[]; readonly alone: number } {
  const others = new Set(other.names);
  const names = one.names.filter((name) => others.has(name));
  if (names.length === 0)
    throw new RunError(
      `no picture of ${one.about} has the name of one of ${other.about}, endings aside (${one.names[0]}, ${other.names[0]}): pairs are found by their names; rename the files of one.`,
    );
  return { names, alone: one.names.length + other.names.length - 2 * names.length };
}
