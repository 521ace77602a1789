/** What translations can be written as. */
import type { PictureFormat } from '@cyclegan/data';

/** Formats by the ending of the file, by which they are asked for. */
export const TRANSLATION_FORMATS = { png: 'png', jpg: 'jpeg', webp: 'webp', tiff: 'tiff' } as const satisfies Record<string, PictureFormat>;

/** Their endings. */
export const FORMATS = Object.keys(TRANSLATION_FORMATS) as [keyof typeof TRANSLATION_FORMATS, ...(keyof typeof TRANSLATION_FORMATS)[]];
