/** The page that shows translations side by side: one file that needs no server and no network. Knows no files but their names. */
import type { Size } from '@cyclegan/data';
import { addressOf } from '../pages/address.ts';
import { escapeHtml, page } from '../pages/page.ts';

/** A picture, its translation and the translation back, as paths from the page with `/` between folders. */
export interface Comparison extends Size {
  /** The domain that the picture is of. */
  readonly side: 'A' | 'B';
  readonly name: string;
  readonly real: string;
  readonly fake: string;
  readonly rec: string;
}

const STYLE = `
section > div { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .5rem; margin: 0 0 1.5rem; }
img { max-height: 80vh; object-fit: contain; }
@media (max-width: 30rem) { section > div { gap: .2rem; } }
`;

/** The page as HTML. */
export function comparisonPage(title: string, comparisons: readonly Comparison[]): string {
  const sections = (['A', 'B'] as const).map((side) =>
    section(
      side,
      comparisons.filter((comparison) => comparison.side === side),
    ),
  );
  const body = `<h1>${escapeHtml(title)}</h1>
<nav><a href="#A">A to B and back</a><a href="#B">B to A and back</a></nav>
${sections.join('\n')}`;
  return page({ title, body, style: STYLE });
}

function section(side: 'A' | 'B', comparisons: readonly Comparison[]): string {
  const other = side === 'A' ? 'B' : 'A';
  const rows = comparisons.map(({ name, real, fake, rec, ...size }) => {
    const figures = [
      figure(real, { caption: `real ${side}`, ...size }),
      figure(fake, { caption: `fake ${other}`, ...size }),
      figure(rec, { caption: `reconstructed ${side}`, ...size }),
    ];
    return `<h3>${escapeHtml(name)}</h3>\n<div>\n${figures.join('\n')}\n</div>`;
  });
  return `<section id="${side}">\n<h2>${side} to ${other} and back</h2>\n${rows.join('\n') || '<p>No picture was translated.</p>'}\n</section>`;
}

function figure(path: string, { caption, width, height }: Size & { readonly caption: string }): string {
  const source = addressOf(path);
  return `<figure><a href="${source}"><img src="${source}" alt="${escapeHtml(`${caption}: ${path}`)}" width="${width}" height="${height}" loading="lazy"></a><figcaption>${caption}</figcaption></figure>`;
}
