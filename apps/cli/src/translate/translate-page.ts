/** The page that shows translations side by side: one file that needs no server and no network. Knows no files but their names. */
import type { Size } from '@cyclegan/data';

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
:root { color-scheme: light dark; }
body { font: 16px/1.4 system-ui, sans-serif; margin: 0 auto; padding: 1rem; max-width: 80rem; background: Canvas; color: CanvasText; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
nav a { margin-right: 1rem; }
section > div { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .5rem; margin: 0 0 1.5rem; }
h3 { font-size: .9rem; font-weight: 600; margin: 0 0 .25rem; overflow-wrap: anywhere; }
figure { margin: 0; } figcaption { font-size: .8rem; opacity: .75; }
img { display: block; width: 100%; height: auto; max-height: 80vh; object-fit: contain; background: color-mix(in srgb, CanvasText 10%, Canvas); }
@media (max-width: 30rem) { body { padding: .5rem; } section > div { gap: .2rem; } figcaption { font-size: .7rem; } }
`;

/** The page as HTML. */
export function comparisonPage(title: string, comparisons: readonly Comparison[]): string {
  const sections = (['A', 'B'] as const).map((side) =>
    section(
      side,
      comparisons.filter((comparison) => comparison.side === side),
    ),
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<h1>${escapeHtml(title)}</h1>
<nav><a href="#A">A to B and back</a><a href="#B">B to A and back</a></nav>
${sections.join('\n')}
</body>
</html>
`;
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
  const source = path.split('/').map(encodeURIComponent).join('/');
  return `<figure><a href="${source}"><img src="${source}" alt="${escapeHtml(`${caption}: ${path}`)}" width="${width}" height="${height}" loading="lazy"></a><figcaption>${caption}</figcaption></figure>`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
