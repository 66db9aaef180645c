type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'list'; readonly isOrdered: boolean; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] }
  | { readonly kind: 'paragraph'; readonly text: string };

const HEADING = /^(#{1,4}) (.+)$/;
const FENCE = /^```(\w*)$/;
const BULLET = /^[-*] (.+)$/;
const NUMBER = /^\d+\. (.+)$/;
const ROW = /^\|(.+)\|$/;
const RULER = /^[\s|:-]+$/;

/**
 * Renders the Markdown that runbooks use as HTML: headings, paragraphs, fenced code, flat lists, tables, bold, italic,
 * code and links to http or https. Everything else is text; nothing in it can become markup.
 */
export function renderMarkdown(markdown: string): string {
  return parseBlocks(markdown.split('\n')).map(renderBlock).join('\n');
}

/** Escapes text for HTML, inside elements and quoted attributes. */
export function escapeHtml(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

function parseBlocks(lines: readonly string[]): Block[] {
  const blocks: Block[] = [];
  let index = 0;
  while (index < lines.length) {
    const taken = parseBlock(lines, index);
    if (taken.block !== undefined) blocks.push(taken.block);
    index += taken.length;
  }
  return blocks;
}

interface Taken {
  readonly length: number;
  readonly block?: Block;
}

function parseBlock(lines: readonly string[], index: number): Taken {
  const line = lines[index] ?? '';
  if (line.trim() === '') return { length: 1 };
  const fence = FENCE.exec(line);
  if (fence !== null) return parseCode(lines, index, fence[1] ?? '');
  const heading = HEADING.exec(line);
  if (heading !== null) {
    const [, marks = '#', text = ''] = heading;
    return { length: 1, block: { kind: 'heading', level: marks.length, text } };
  }
  for (const [pattern, isOrdered] of [
    [BULLET, false],
    [NUMBER, true],
  ] as const) {
    const items = matching(lines, index, pattern);
    if (items.length > 0)
      return { length: items.length, block: { kind: 'list', isOrdered, items } };
  }
  const rows = matching(lines, index, ROW);
  if (rows.length > 0) {
    const cells = rows.filter((row) => !RULER.test(row)).map((row) => row.split('|'));
    return { length: rows.length, block: { kind: 'table', rows: cells } };
  }
  return parseParagraph(lines, index);
}

function parseCode(lines: readonly string[], index: number, language: string): Taken {
  const rest = lines.slice(index + 1);
  const end = rest.indexOf('```');
  const code = end < 0 ? rest : rest.slice(0, end);
  return { length: code.length + 2, block: { kind: 'code', language, text: code.join('\n') } };
}

function parseParagraph(lines: readonly string[], index: number): Taken {
  const rest = lines.slice(index);
  const end = rest.findIndex(
    (line) => line.trim() === '' || FENCE.test(line) || HEADING.test(line),
  );
  const text = end < 0 ? rest : rest.slice(0, Math.max(1, end));
  return { length: text.length, block: { kind: 'paragraph', text: text.join(' ') } };
}

/** What the lines from `index` on hold, as long as they match. */
function matching(lines: readonly string[], index: number, pattern: RegExp): string[] {
  const found: string[] = [];
  for (const line of lines.slice(index)) {
    const match = pattern.exec(line);
    if (match === null) return found;
    found.push(match[1] ?? '');
  }
  return found;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'heading':
      return `<h${block.level}>${renderInline(block.text)}</h${block.level}>`;
    case 'code':
      return `<figure><figcaption>${escapeHtml(block.language)}</figcaption><pre><code>${escapeHtml(block.text)}</code></pre></figure>`;
    case 'list': {
      const tag = block.isOrdered ? 'ol' : 'ul';
      const items = block.items.map((item) => `<li>${renderInline(item)}</li>`);
      return `<${tag}>${items.join('')}</${tag}>`;
    }
    case 'table': {
      const [head = [], ...rows] = block.rows;
      return `<table><thead>${renderRow(head, 'th')}</thead><tbody>${rows.map((row) => renderRow(row, 'td')).join('')}</tbody></table>`;
    }
    case 'paragraph':
      return `<p>${renderInline(block.text)}</p>`;
    default:
      return block satisfies never;
  }
}

function renderRow(cells: readonly string[], tag: 'th' | 'td'): string {
  return `<tr>${cells.map((cell) => `<${tag}>${renderInline(cell.trim())}</${tag}>`).join('')}</tr>`;
}

/** Code first: nothing inside it is read. */
function renderInline(text: string): string {
  return text
    .split(/(`[^`]+`)/)
    .map((part) =>
      part.startsWith('`') && part.length > 2
        ? `<code>${escapeHtml(part.slice(1, -1))}</code>`
        : renderWords(escapeHtml(part)),
    )
    .join('');
}

function renderWords(escaped: string): string {
  return escaped
    .replaceAll(/\[([^\]]+)\]\((https?:[^)\s]+)\)/g, '<a href="$2">$1</a>')
    .replaceAll(/\*\*([^*]+)\*\*/g, '<strong>$1</strong>')
    .replaceAll(/\*([^*]+)\*/g, '<em>$1</em>');
}
