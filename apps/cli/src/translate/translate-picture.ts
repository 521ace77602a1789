/** A run's generator on pictures instead of tensors, large ones part by part. Knows no files. */
import { ModelError, type PixelSource, type Translator } from '@cyclegan/core';
import { type BitDepth, type Channels, type Picture, pictureToTensor, tensorToPicture } from '@cyclegan/data';

/** Channels of the pictures that a generator takes and gives; throws ModelError where no picture file has them. */
export function channelsOf({ generator }: Translator): { readonly input: Channels; readonly output: Channels } {
  return { input: pictureChannels(generator.inputChannels, 'takes'), output: pictureChannels(generator.outputChannels, 'gives') };
}

function pictureChannels(channels: number, verb: string): Channels {
  if (channels === 1 || channels === 3 || channels === 4) return channels;
  throw new ModelError(`picture files have 1, 3 or 4 channels; this generator ${verb} ${channels}.`);
}

/** The translation of a picture, of its size, with samples of `bitDepth` bits; throws ModelError for other channels than the generator's. */
export async function translatePicture(translator: Translator, picture: Picture, bitDepth: BitDepth): Promise<Picture> {
  const { width, height } = picture;
  const channels = channelsOf(translator).output;
  const data = bitDepth === 16 ? new Uint16Array(width * height * channels) : new Uint8Array(width * height * channels);
  await translator.translatePicture(sourceOf(picture), (top, rows) => {
    data.set(tensorToPicture(rows, 0, bitDepth).data, top * width * channels);
  });
  return { width, height, channels, data };
}

/** Reads parts of a picture, without a tensor of all of it. */
function sourceOf(picture: Picture): PixelSource {
  const { width, height, channels, data } = picture;
  const read = (rows: Int32Array, columns: Int32Array) => {
    const size = rows.length * columns.length * channels;
    const part = data instanceof Uint16Array ? new Uint16Array(size) : new Uint8Array(size);
    let at = 0;
    for (const y of rows) {
      for (const x of columns) {
        const from = (y * width + x) * channels;
        for (let channel = 0; channel < channels; channel++) part[at++] = data[from + channel] ?? 0;
      }
    }
    return pictureToTensor({ width: columns.length, height: rows.length, channels, data: part });
  };
  return { width, height, read };
}
