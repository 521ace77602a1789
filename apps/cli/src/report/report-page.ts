/** The page of a report as it is written: its parts, which its script fills. Knows no run but its name. */
import { escapeHtml, page } from '../pages/page.ts';

/** What goes into the page. */
export interface ReportPage {
  /** Of the run. */
  readonly name: string;
  readonly script: string;
  readonly style: string;
}

/** The page as HTML. */
export function reportPage({ name, script, style }: ReportPage): string {
  return page({ title: `${name}: training`, body: body(name), style, script });
}

function body(name: string): string {
  return `<header>
<h1>${escapeHtml(name)}</h1>
<p id="message" role="status">Reading report/data.js ...</p>
<noscript><p>This page needs JavaScript to show its data.</p></noscript>
<div id="status" hidden></div>
</header>
<main id="report" hidden>
<section id="warnings" aria-labelledby="warnings-title"><h2 id="warnings-title">Is it going well?</h2><div></div></section>
<section id="pictures" aria-labelledby="pictures-title"><h2 id="pictures-title">Pictures over time</h2><div></div></section>
<section id="evaluations" aria-labelledby="evaluations-title" hidden><h2 id="evaluations-title">Measured on test pictures</h2><div></div></section>
<section id="curves" aria-labelledby="curves-title"><h2 id="curves-title">Losses, speed and memory</h2><div></div></section>
<section id="settings" aria-labelledby="settings-title"><h2 id="settings-title">Settings</h2><div></div></section>
<section id="commands" aria-labelledby="commands-title"><h2 id="commands-title">What to do next</h2><div></div></section>
<section id="environment" aria-labelledby="environment-title"><h2 id="environment-title">Where and on what</h2><div></div></section>
</main>
`;
}
