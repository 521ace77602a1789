/** The page of a study as it is written: its parts, which its script shows one after the other. */
import { page } from '../pages/page.ts';
import type { StudyData } from './study-data.ts';

/** What goes into the page. */
export interface StudyPage {
  readonly data: StudyData;
  readonly script: string;
  readonly style: string;
}

/** The page as HTML. */
export function studyPage({ data, script, style }: StudyPage): string {
  const { practice, trials, seconds } = data;
  const practised = practice.length === 0 ? '' : ` The first ${practice.length} are practice, and you are told whether you were right.`;
  const body = `<main id="study">
<h1>Which picture is real?</h1>
<p id="text">You will see ${practice.length + trials} pairs of pictures, each for ${seconds === 1 ? 'a second' : `${seconds} seconds`}. One of the two is real, the other was made by a computer: choose the
real one, by a click or with the arrow keys.${practised} Take your time to answer.</p>
<noscript><p>This page needs JavaScript.</p></noscript>
<div id="pair" hidden>
<button type="button" id="left" aria-label="the left picture is real"></button>
<button type="button" id="right" aria-label="the right picture is real"></button>
</div>
<p id="verdict" role="status"></p>
<p><button type="button" id="next">Start</button> <a id="save" hidden>Save the answers</a></p>
</main>
<script type="application/json" id="data">${escapeJson(data)}</script>`;
  return page({ title: 'Which picture is real?', body, script, style });
}

/** JSON in which nothing ends the element that it stands in. */
function escapeJson(data: unknown): string {
  return JSON.stringify(data).replaceAll('<', '\\u003c');
}
