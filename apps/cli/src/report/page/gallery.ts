/** The pictures of one sample. Those of the next take their places, so that nothing moves. */
import { addressOf } from '../../pages/address.ts';
import type { About } from '../report-data.ts';
import { element, Redrawn } from './dom.ts';
import { captionOf, legendsOf } from './picture-texts.ts';
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
  readonly root = element('div');
  readonly #legends = element('div');
  readonly #list = element('div', { class: 'gallery' });
  /** Of the pictures. */
  size: About['size'] = { width: 1, height: 1 };
  readonly #layout = new Redrawn<readonly (readonly [title: string, figures: number])[]>((rows) => this.#arrange(rows));
  #figures: readonly Figure[] = [];

  constructor() {
    this.root.append(this.#legends, this.#list);
  }

  /** Shows a sample in place of the one before. */
  show(sample: ShownSample): void {
    const rows = rowsOf(sample);
    this.#layout.show(rows.map(({ title, figures }) => [title, figures.length]));
    const legends = legendsOf(sample.pictures.flatMap(({ paths }) => Object.keys(paths)));
    this.#legends.replaceChildren(...legends.map((legend) => element('p', { class: 'quiet' }, legend)));
    for (const [at, shown] of rows.flatMap(({ figures }) => figures).entries()) this.#figures[at]?.show(shown);
  }

  #arrange(rows: readonly (readonly [title: string, figures: number])[]): void {
    const made = rows.map(([title, count]) => this.#row(title, count));
    this.#figures = made.flatMap(({ figures }) => figures);
    this.#list.replaceChildren(...made.map(({ root }) => root));
  }

  #row(title: string, count: number): { readonly root: HTMLElement; readonly figures: readonly Figure[] } {
    const { width, height } = this.size;
    const grid = title === GRID;
    const style = `aspect-ratio: ${width} / ${height}${width < SMALL ? '; image-rendering: pixelated' : ''}`;
    const figures = Array.from({ length: count }, () => new Figure(grid ? '' : style));
    const kind = grid ? 'grid' : count > 4 ? 'all' : count === 4 ? 'four' : 'three';
    const row = element('div', { class: 'row' }, ...figures.map(({ root }) => root));
    return { figures, root: element('article', { class: kind }, element('h3', {}, title), row) };
  }
}

const GRID = 'The batch trained on last';

const GRID_CAPTION =
  'Above: A, translated to B, translated back, and real A through the generator to A. Below: the same for B. What a model does not have is left out.';

/** The pictures of a sample below their names, the batch trained on last. */
function rowsOf({ step, grid, pictures }: ShownSample): Row[] {
  const rows = pictures.map(({ side, name, from, paths, scores }) => {
    const title = `${side}: ${name ?? 'of the batch trained on last'}${from === 'train' ? ' (a training picture)' : ''}`;
    const figures = Object.entries(paths).map(([what, path]) => {
      const caption = captionOf(what, side, scores[what]);
      return { path, caption, alternative: `${title}, ${caption}, step ${step}` };
    });
    return { title, figures };
  });
  // with the batch's pictures one by one, the grid shows nothing else
  if (pictures.some(({ from }) => from === 'last batch')) return rows;
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
