/** A block as it was posted. */
type Json = Readonly<Record<string, unknown>>;

const STYLE = `
body { margin: 0; padding: 24px; background: #fff; font: 15px/1.46 Lato, "Helvetica Neue", Arial, "Noto Color Emoji", "DejaVu Sans", sans-serif; color: #1d1c1d; width: 680px }
.head { font-weight: 900 } .app { font-size: 10px; background: #e8e8e8; padding: 1px 4px; border-radius: 3px; color: #616061 }
h1 { font-size: 18px; margin: 6px 0 8px } .fields { display: grid; grid-template-columns: 1fr 1fr; gap: 8px 16px; margin: 8px 0 }
pre { background: #f8f8f8; border: 1px solid #ddd; border-radius: 4px; padding: 8px; font: 12px/1.5 Menlo, Consolas, monospace; margin: 4px 0 }
.context { color: #616061; font-size: 13px; margin: 8px 0 } .actions a { display: inline-block; border: 1px solid #bbb; border-radius: 4px; padding: 4px 12px; margin: 4px 8px 4px 0; font-weight: 700; font-size: 14px; color: #1d1c1d; text-decoration: none }
.actions a.primary { background: #007a5a; color: #fff; border-color: #007a5a }`;

/** Renders blocks roughly as Slack shows them, to be looked at. It knows the blocks that alerts use. */
export function renderSlackPreview(blocks: readonly unknown[]): string {
  const body = blocks.map((block) => renderBlock(toObject(block))).join('\n');
  return `<!doctype html><meta charset="utf-8"><style>${STYLE}</style><div><span class="head">Tokenmeter</span> <span class="app">APP</span></div>${body}`;
}

function renderBlock(block: Json): string {
  switch (block.type) {
    case 'header':
      return `<h1>${plain(toObject(block.text).text)}</h1>`;
    case 'section':
      return block.fields === undefined
        ? `<div>${mrkdwn(toObject(block.text).text)}</div>`
        : `<div class="fields">${toList(block.fields).map(textOf).join('')}</div>`;
    case 'context':
      return `<div class="context">${toList(block.elements).map(textOf).join('')}</div>`;
    case 'actions':
      return `<div class="actions">${toList(block.elements).map(buttonOf).join('')}</div>`;
    default:
      return '';
  }
}

function textOf(value: unknown): string {
  return `<div>${mrkdwn(toObject(value).text)}</div>`;
}

function buttonOf(value: unknown): string {
  const button = toObject(value);
  const look = button.style === 'primary' ? ' class="primary"' : '';
  return `<a${look}>${plain(toObject(button.text).text)}</a>`;
}

/** Slack's entities are those of HTML, so escaped text can stand as it is. */
function mrkdwn(value: unknown): string {
  return String(value)
    .replaceAll(/```\n?([\s\S]*?)\n?```/g, '<pre>$1</pre>')
    .replaceAll(/(^|\n)\*([^*\n]+)\*/g, '$1<b>$2</b>')
    .replaceAll(/\n(?!<pre>)(?![^<]*<\/pre>)/g, '<br>');
}

function plain(value: unknown): string {
  return String(value).replaceAll('&', '&amp;').replaceAll('<', '&lt;');
}

function toObject(value: unknown): Json {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}

function toList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
