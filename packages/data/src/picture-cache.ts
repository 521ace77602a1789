/** Decoded pictures within a memory bound, so that small data sets are decoded once and large ones do not fill the memory. */
import { LRUCache } from 'lru-cache';
import { type DecodeOptions, decodePicture } from './decode.ts';
import type { Channels, Picture } from './picture.ts';
import { describePicture, type PictureFile } from './picture-file.ts';

/** Which picture, with which channels. */
export interface PictureRequest {
  readonly file: PictureFile;
  readonly channels: Channels;
}

/** The memory bound, in bytes of samples, and how pictures are decoded besides their channels. */
export interface PictureCacheOptions extends Omit<DecodeOptions, 'channels'> {
  readonly bytes: number;
}

/** Decodes pictures and keeps the ones used last. Pictures being asked for twice at once are decoded once. */
export class PictureCache {
  readonly #cache: LRUCache<string, Picture, PictureRequest>;

  constructor({ bytes, ...decoding }: PictureCacheOptions) {
    this.#cache = new LRUCache({
      // The library knows no bound of 0; in 1 byte no picture is kept either.
      maxSize: Math.max(1, Math.floor(bytes)),
      sizeCalculation: ({ data }) => Math.max(1, data.byteLength),
      fetchMethod: (_key, _stale, { context: { file, channels } }) => decodePicture(file, { ...decoding, channels }),
      // A picture that is pushed out while it is decoded is still wanted by who asked for it.
      ignoreFetchAbort: true,
    });
  }

  /** Bytes of samples kept at the moment. */
  get bytes(): number {
    return this.#cache.calculatedSize;
  }

  /** The picture, from memory or its file; rejects with PictureError as `decodePicture` does. */
  get(request: PictureRequest): Promise<Picture> {
    return this.#cache.forceFetch(`${request.channels} ${describePicture(request.file)}`, { context: request });
  }
}
