/** Pictures on the page: samples in rows, and a translation. Knows no training. */
import type { Picture } from '@cyclegan/data/memory';
import { element } from './dom.ts';
import type { SampleRow } from './protocol.ts';

/** A canvas of a picture's size that shows it. */
export function canvasOf({ width, height, data }: Picture, about: string): HTMLCanvasElement {
  const canvas = element('canvas', 'picture');
  canvas.width = width;
  canvas.height = height;
  canvas.setAttribute('role', 'img');
  canvas.setAttribute('aria-label', about);
  const shown = new ImageData(width, height);
  for (let pixel = 0; pixel < width * height; pixel++) {
    shown.data.set(data.subarray(pixel * 3, pixel * 3 + 3), pixel * 4);
    shown.data[pixel * 4 + 3] = 255;
  }
  canvas.getContext('2d')?.putImageData(shown, 0, 0);
  return canvas;
}

/** A row of a sample: the picture, its translation, and that translated back. */
export function sampleView({ from, pictures }: SampleRow): HTMLElement {
  const to = from === 'A' ? 'B' : 'A';
  const titles = [`${from}`, `${to} made of it`, `${from} again`];
  const figures = pictures.map((picture, at) => {
    const title = titles[at] ?? '';
    return element('figure', '', canvasOf(picture, title), element('figcaption', '', title));
  });
  return element('div', 'row', element('h3', '', `${from} → ${to} → ${from}`), ...figures);
}
