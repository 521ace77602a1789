/** The page of the demonstration: what training made of places it has not seen. Knows no files but their names. */
import { escapeHtml, page } from '../pages/page.ts';
import { TABLE_STYLE, tableHtml } from '../pages/table.ts';
import { COLUMNS, MEASURES, ROWS } from './distance-table.ts';
import type { Place, Result, Results } from './translate-tests.ts';

const TITLE = 'A synthetic town, translated';

const STYLE = `${TABLE_STYLE}
.places { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(19rem, 100%), 1fr)); gap: 1.25rem; padding: 0; list-style: none; }
.places li { display: grid; grid-template-columns: repeat(3, minmax(0, 1fr)); gap: .25rem; }
.places img { image-rendering: pixelated; }
pre { overflow-x: auto; padding: .75rem; background: var(--faint); }
`;

const WAYS = {
  AtoB: { title: 'Aerial pictures to maps', real: 'aerial picture', translated: 'made of it', truth: 'true map' },
  BtoA: { title: 'Maps to aerial pictures', real: 'map', translated: 'made of it', truth: 'true picture' },
} as const;

/** The page as HTML. */
export function demoPage(results: Results): string {
  const ways = (['AtoB', 'BtoA'] as const).map((direction) => section(results[direction], WAYS[direction]));
  const body = `
<h1>${TITLE}</h1>
<p>A town that does not exist, and two networks that learnt to turn its aerial pictures into maps and its maps into aerial pictures. They saw many of both, but never
a picture and a map of one place; the places below they had not seen at all. <a href="run/report.html">How training went</a>.</p>
${table(results)}
${ways.join('\n')}
<h2>With pictures of your own</h2>
<p>Two folders, DIR/trainA and DIR/trainB, and some pictures to translate in DIR/testA:</p>
<pre>npx cyclegan train --data DIR --name first --size 128 --ngf 32 --ndf 32 --blocks 6
npx cyclegan translate DIR/testA --run first --out translated
npx cyclegan export --run first</pre>`;
  return page({ title: TITLE, style: STYLE, body });
}

function table(results: Results): string {
  const head = COLUMNS.map(({ about, measure }) => `${about}, ${MEASURES[measure]}`);
  const rows = ROWS.map(([name, about]) => [
    about,
    ...COLUMNS.map(({ direction, measure }) => results[direction].distances[name][measure].mean.toFixed(1)),
  ]);
  return `<h2>How far from the truth</h2>
<p>Mean absolute difference to the true picture of the place, from 0, the same, to 255. Pixel by pixel a sharp picture that is not exactly in place is punished twice, so that the best
single colour, on which nothing is to be seen, is hard to beat; the means of blocks of 8 x 8 pixels compare what lies where.</p>
${tableHtml({ head: ['', ...head], rows })}`;
}

type Way = (typeof WAYS)[keyof typeof WAYS];

function section({ places }: Result, way: Way): string {
  return `<h2>${way.title}</h2>\n<ul class="places">\n${places.map((place) => `<li>${figures(place, way)}</li>`).join('\n')}\n</ul>`;
}

function figures(place: Place, way: Way): string {
  return (['real', 'translated', 'truth'] as const)
    .map((what) => {
      const alt = escapeHtml(`place ${place.name}: ${way[what]}`);
      return `<figure><img src="${escapeHtml(place[what])}" alt="${alt}" width="64" height="64"><figcaption>${way[what]}</figcaption></figure>`;
    })
    .join('');
}
