/** Pages: nothing that is put into one gets out of its place. */
import { expect, it } from 'vitest';
import { addressOf } from '../../src/pages/address.ts';
import { escapeHtml, page } from '../../src/pages/page.ts';

it('escapes what has a meaning in HTML', () => {
  expect(escapeHtml(`<a href="x" title='y'>&amp;</a>`)).toBe('&lt;a href=&quot;x&quot; title=&#39;y&#39;&gt;&amp;amp;&lt;/a&gt;');
  expect(page({ title: '</title><script>1</script>', body: '' })).not.toContain('<script>');
});

it('keeps a script in one piece, with the same strings', () => {
  const strings = ['</script>', '<!--<script>', '</SCRIPT ', 'a < b'];
  const html = page({ title: 't', body: 'b', script: `globalThis.told = ${JSON.stringify(strings)};` });
  expect(html.match(/<\/?script|<!--/gi)).toEqual(['<script', '</script']);
  const [, script = ''] = /<script>(.*)<\/script>/s.exec(html) ?? [];
  expect(new Function(`${script} return told;`)()).toEqual(strings);
});

it('makes addresses of paths, whatever is in them', () => {
  expect(addressOf('samples/a b/50%#?.png')).toBe('samples/a%20b/50%25%23%3F.png');
});
