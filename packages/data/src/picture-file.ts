/** What a data set lists: picture files, or halves of files that show a pair side by side. Opens none of them. */
import { basename } from 'node:path';

/** Half of a picture that shows a pair: A lies on the left, B on the right. */
export type Half = 'left' | 'right';

/** A picture of a data set: a file, or one half of it. */
export interface PictureFile {
  readonly path: string;
  /** The path inside the folder of its domain, with `/` between folders. */
  readonly name: string;
  readonly half?: Half;
}

/** A picture file of which only the path is known. */
export function pictureFile(file: string | PictureFile): PictureFile {
  return typeof file === 'string' ? { path: file, name: basename(file) } : file;
}

/** How messages call a picture. */
export function describePicture({ path, half }: Pick<PictureFile, 'path' | 'half'>): string {
  return half === undefined ? path : `${path} (${half} half)`;
}
