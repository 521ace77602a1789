/** Decoded pictures within a memory bound, so that small data sets are decoded once and large ones do not fill the memory. */
import { LRUCache } from 'lru-cache';
import { type DecodeOptions, decodePicture } from './decode.ts';
import type { Picture } from './picture.ts';

/** What to decode, and how. */
export interface PictureRequest extends DecodeOptions {
  readonly path: string;
}

/** Decodes pictures and keeps the ones used last, up to `bytes` of samples. Pictures being asked for twice at once are decoded once. */
export class PictureCache {
  readonly #cache: LRUCache<string, Picture, PictureRequest>;

  constructor(bytes: number) {
    this.#cache = new LRUCache({
      // The library knows no bound of 0; in 1 byte no picture is kept either.
      maxSize: Math.max(1, Math.floor(bytes)),
      sizeCalculation: ({ data }) => Math.max(1, data.byteLength),
      fetchMethod: (_key, _stale, { context }) => decodePicture(context.path, context),
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
    const { path, channels, size } = request;
    return this.#cache.forceFetch(JSON.stringify([path, channels, size?.height, size?.width]), { context: request });
  }
}
