/** The pictures of one sample. Those of the next take their places, so that nothing moves. */
import { addressOf } from '../../pages/address.ts';
import type { About } from '../report-data.ts';
import { element, Redrawn } from './dom.ts';
import { captionOf } from './picture-texts.ts';
import type { ShownSample } from './sample-list.ts';

/** Below this width, pictures are shown with their pixels as squares, since a blur would hide what is there. */
const SMALL = 128;

/** A heading and pictures below it. */
interface Row {
  readonly title: string;
  readonly figures: readonly Shown[];
}

interface Shown {
  readonly path: string;
  readonly caption: string;
  readonly alternative: string;
}

/** Shows samples. */
export class Gallery {
  readonly root = element('div', { class: 'gallery' });
  /** Of the pictures. */
  size: About['size'] = { width: 1, height: 1 };
  readonly #layout = new Redrawn<readonly (readonly [title: string, figures: number])[]>((rows) => this.#arrange(rows));
  #figures: readonly Figure[] = [];

  /** Shows a sample in place of the one before. */
  show(sample: ShownSample): void {
    const rows = rowsOf(sample);
    this.#layout.show(rows.map(({ title, figures }) => [title, figures.length]));
    for (const [at, shown] of rows.flatMap(({ figures }) => figures).entries()) this.#figures[at]?.show(shown);
  }

  #arrange(rows: readonly (readonly [title: string, figures: number])[]): void {
    const { width, height } = this.size;
    const proportion = `aspect-ratio: ${width} / ${height}`;
    const made = rows.map(([title, count]) => {
      const grid = title === GRID;
      const figures = Array.from(
        { length: count },
        () => new Figure(grid ? '' : `${proportion}${width < SMALL ? '; image-rendering: pixelated' : ''}`),
      );
      const row = element('div', { class: count > 3 ? 'row many' : 'row' }, ...figures.map(({ root }) => root));
      return { figures, root: element('article', { class: grid ? 'grid' : count > 4 ? 'wide' : '' }, element('h3', {}, title), row) };
    });
    this.#figures = made.flatMap(({ figures }) => figures);
    this.root.replaceChildren(...made.map(({ root }) => root));
  }
}

const GRID = 'The batch trained on last';

const GRID_CAPTION =
  'Above: A, translated to B, translated back, and A by the generator from B to A. Below: the same for B. What a model does not have is left out.';

/** The pictures of a sample below their names, the grid last. */
function rowsOf({ step, grid, pictures }: ShownSample): Row[] {
  const rows = pictures.map(({ side, name, from, paths, scores }) => {
    const title = `${side}: ${name ?? 'of the batch trained on last'}${from === 'train' ? ' (a training picture)' : ''}`;
    const figures = Object.entries(paths).map(([what, path]) => {
      const caption = captionOf(what, side, scores[what]);
      return { path, caption, alternative: `${title}, ${caption}, step ${step}` };
    });
    return { title, figures };
  });
  return [...rows, { title: GRID, figures: [{ path: grid, caption: GRID_CAPTION, alternative: `${GRID}, step ${step}` }] }];
}

/** A picture with its caption, which leads to the picture alone. */
class Figure {
  readonly root: HTMLElement;
  readonly #link = element('a', { target: '_blank' });
  readonly #image: HTMLImageElement;
  readonly #caption = element('figcaption');

  constructor(style: string) {
    this.#image = element('img', { style, decoding: 'async' });
    this.#link.append(this.#image);
    this.root = element('figure', {}, this.#link, this.#caption);
  }

  show({ path, caption, alternative }: Shown): void {
    const address = addressOf(path);
    if (this.#image.getAttribute('src') !== address) this.#image.src = address;
    this.#link.href = address;
    this.#image.alt = alternative;
    this.#caption.textContent = caption;
  }
}
