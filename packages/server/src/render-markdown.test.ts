import fc from 'fast-check';
import { expect, test } from 'vitest';
import { renderMarkdown } from './render-markdown.ts';

test.for([
  { markdown: '# A & B', html: '<h1>A &amp; B</h1>' },
  { markdown: 'one\ntwo\n\nthree', html: '<p>one two</p>\n<p>three</p>' },
  { markdown: '- a\n- **b**', html: '<ul><li>a</li><li><strong>b</strong></li></ul>' },
  { markdown: '1. a\n2. `x*y*`', html: '<ol><li>a</li><li><code>x*y*</code></li></ol>' },
  {
    markdown: '```sql\nSELECT 1 < 2\n\n# no heading\n```\nafter',
    html: '<figure><figcaption>sql</figcaption><pre><code>SELECT 1 &lt; 2\n\n# no heading</code></pre></figure>\n<p>after</p>',
  },
  {
    markdown: '```sh\nnever ends',
    html: '<figure><figcaption>sh</figcaption><pre><code>never ends</code></pre></figure>',
  },
  {
    markdown: '| a | b |\n|---|---|\n| `x` | y |',
    html: '<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><code>x</code></td><td>y</td></tr></tbody></table>',
  },
  {
    markdown: '[there](https://example.com/a)',
    html: '<p><a href="https://example.com/a">there</a></p>',
  },
  { markdown: '[x](javascript:alert(1))', html: '<p>[x](javascript:alert(1))</p>' },
  { markdown: '<script>alert(1)</script>', html: '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>' },
  {
    markdown: '[a"b](https://x/"onclick=1)',
    html: '<p><a href="https://x/&quot;onclick=1">a&quot;b</a></p>',
  },
])('$markdown', ({ markdown, html }) => {
  expect(renderMarkdown(markdown)).toBe(html);
});

test('no text becomes a tag of its own', () => {
  const tag =
    /<(?!\/?(h[1-4]|p|ul|ol|li|table|thead|tbody|tr|th|td|figure|figcaption|pre|code|strong|em)>|a href="https?:[^"<>]*">|\/a>)/;
  fc.assert(
    fc.property(fc.string({ unit: fc.constantFrom(...'<>&"\'`*[]()#-|.1: \nahtps/') }), (text) => {
      expect(renderMarkdown(text)).not.toMatch(tag);
    }),
  );
});
