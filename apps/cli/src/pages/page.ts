/** What all pages that the program writes have in common: one file of HTML that needs no server and no network, and how it looks. Knows no page. */

/** A page in parts. */
export interface Page {
  /** As text. */
  readonly title: string;
  /** As HTML; whatever did not come from this program is in it by `escapeHtml`. */
  readonly body: string;
  /** CSS on top of what pages have in common. */
  readonly style?: string;
  /** JavaScript, run once the body is there. */
  readonly script?: string;
}

/**
 * Colours, type and figures of all pages, light and dark. `--side-a` and `--side-b` tell the two domains apart for colour-blind people as
 * well; all texts have a contrast of at least 4.5 to 1.
 */
const STYLE = `
:root {
  color-scheme: light dark;
  --ground: #fbfbfa; --raised: #fff; --text: #1d2025; --quiet: #5a616b; --line: #dfe1e4; --faint: #f0f1f2;
  --accent: #0b5cad; --side-a: #0067a5; --side-b: #b84c00; --good: #1a7340; --wrong: #b3261e; --notice: #8a5a00; --notice-ground: #fff6e0;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #14161a; --raised: #1c1f24; --text: #e6e8eb; --quiet: #a0a7b1; --line: #343941; --faint: #24282e;
    --accent: #7db7f2; --side-a: #5fb4e8; --side-b: #f09a4a; --good: #6cc58f; --wrong: #ff8f85; --notice: #f0c15c; --notice-ground: #2d2615;
  }
}
*, ::before, ::after { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body { margin: 0 auto; padding: 2rem 1.5rem 4rem; max-width: 80rem; background: var(--ground); color: var(--text); font: 16px/1.5 system-ui, sans-serif; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; line-height: 1.3; margin: 2.5rem 0 .75rem; }
h3 { font-size: .9rem; font-weight: 600; margin: 0 0 .35rem; overflow-wrap: anywhere; }
p { margin: 0 0 .75rem; max-width: 65ch; }
a { color: var(--accent); }
nav a { margin-right: 1rem; }
code, pre { font: .875em/1.5 ui-monospace, SFMono-Regular, Menlo, Consolas, monospace; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
figure { margin: 0; min-width: 0; }
figcaption { font-size: .8rem; line-height: 1.35; margin-top: .25rem; color: var(--quiet); overflow-wrap: anywhere; }
img { display: block; width: 100%; height: auto; background: var(--faint); }
@media (max-width: 30rem) { body { padding: 1rem .75rem 3rem; } }
`;

/** The page as HTML. */
export function page({ title, body, style = '', script }: Page): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}${style}</style>
</head>
<body>
${body}
${script === undefined ? '' : `<script>${unclosed(script)}</script>\n`}</body>
</html>
`;
}

/** A script without anything that HTML takes for its end, or for the start of another; both stand in strings only. */
function unclosed(script: string): string {
  return script.replace(/<(?=\/script|script|!--)/gi, '\\x3c');
}

/** Text as HTML shows it, in elements and in attributes. */
export function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? character);
}
