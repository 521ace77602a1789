/** The page of an evaluation: its figures, and pictures that show what they mean, in one file. Knows no metric. */
import { encodePicture, type Picture } from '@cyclegan/data';
import { escapeHtml, page } from '../pages/page.ts';
import { TABLE_STYLE, tableHtml } from '../pages/table.ts';
import type { Outcome } from './evaluation.ts';
import type { ShownRow } from './shown-pictures.ts';
import type { Block } from './table.ts';

/** CSS of rows of pictures. */
export const PICTURES_STYLE = `
.row { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(11rem, 44%), 1fr)); gap: .5rem; margin: 0 0 1.5rem; }
.row img { image-rendering: pixelated; }
.notice { background: var(--notice-ground); color: var(--notice); padding: .5rem .75rem; }
h3 span { font-weight: 400; color: var(--quiet); }
`;

/** What a page tells beside the outcome. */
export interface PageFacts {
  readonly title: string;
  /** Where the pictures came from, as results have it. */
  readonly inputs: Readonly<Record<string, unknown>>;
}

/** The page as HTML, its pictures within. */
export async function evaluationPage({ title, inputs }: PageFacts, { blocks, warnings, pictures, ...outcome }: Outcome): Promise<string> {
  const facts = Object.entries({ ...inputs, ...outcome.inputs }).filter(([, value]) => typeof value === 'string');
  const rows = await Promise.all(pictures.map(rowHtml));
  const body = [
    `<h1>${escapeHtml(title)}</h1>`,
    ...warnings.map((warning) => `<p class="notice">${escapeHtml(warning)}</p>`),
    ...blocks.map(blockHtml),
    ...(rows.length > 0 ? ['<h2>Pictures</h2>', ...rows] : []),
    '<h2>Measured on</h2>',
    tableHtml({ rows: facts.map(([name, value]) => [name, String(value)]) }),
  ];
  return page({ title, body: body.join('\n'), style: TABLE_STYLE + PICTURES_STYLE });
}

function blockHtml(block: Block): string {
  return typeof block === 'string' ? `<p>${escapeHtml(block)}</p>` : tableHtml(block);
}

async function rowHtml({ name, note, pictures }: ShownRow): Promise<string> {
  const figures = await Promise.all(pictures.map(({ about, picture }) => figureHtml(about, picture)));
  return `<h3>${escapeHtml(name)} <span>${escapeHtml(note)}</span></h3>\n<div class="row">\n${figures.join('\n')}\n</div>`;
}

/** A picture within the page, and what it is. */
export async function figureHtml(about: string, picture: Picture): Promise<string> {
  const data = Buffer.from(await encodePicture(picture, 'webp')).toString('base64');
  const { width, height } = picture;
  return `<figure><img src="data:image/webp;base64,${data}" alt="${escapeHtml(about)}" width="${width}" height="${height}"><figcaption>${escapeHtml(about)}</figcaption></figure>`;
}
