import {
  createFake,
  demand,
  isObject,
  type Json,
  parseJson,
  readList,
  readObject,
  readText,
  readUrl,
  type VendorFake,
} from './vendor-fake.ts';

const MOST_BYTES = 28 * 1024;
const CARD_KEYS = ['$schema', 'type', 'version', 'msteams', 'fallbackText', 'body', 'actions'];

/**
 * Creates a fake of a Teams workflow with the trigger "When a Teams webhook request is received": 202, 400, or 413
 * beyond 28 KB. It knows the elements of Adaptive Cards 1.4 that carry text.
 *
 * @see https://learn.microsoft.com/connectors/teams and https://adaptivecards.io/explorer (checked 2026-11-21)
 */
export function createTeamsFake(): VendorFake<Json> {
  return createFake(
    ({ body }) => {
      demand(Buffer.byteLength(body) <= MOST_BYTES, 'too large');
      const keys = ['type', 'summary', 'attachments'];
      const message = readObject(parseJson(body), 'message', keys);
      demand(message.type === 'message', 'type');
      for (const each of readList(message.attachments, 'attachments', 1)) checkAttachment(each);
      return { message, answer: { status: 202 } };
    },
    (words) => ({
      status: words === 'too large' ? 413 : 400,
      body: JSON.stringify({ error: words }),
    }),
  );
}

function checkAttachment(value: unknown): void {
  const keys = ['contentType', 'contentUrl', 'content'];
  const attachment = readObject(value, 'attachment', keys);
  const type = attachment.contentType;
  demand(type === 'application/vnd.microsoft.card.adaptive', 'attachment.contentType');
  const card = readObject(attachment.content, 'card', CARD_KEYS);
  demand(card.type === 'AdaptiveCard', 'card.type');
  demand(/^1\.[0-5]$/.test(String(card.version)), 'card.version');
  for (const element of readList(card.body, 'card.body', 200)) checkElement(element);
  if (card.actions === undefined) return;
  for (const each of readList(card.actions, 'card.actions', 6)) {
    const action = readObject(each, 'action', ['type', 'title', 'url']);
    demand(action.type === 'Action.OpenUrl', 'action.type');
    readText(action.title, 'action.title', 200);
    readUrl(action.url, 'action.url', 8192);
  }
}

function checkElement(value: unknown): void {
  demand(isObject(value), 'an element is no object');
  switch (value.type) {
    case 'RichTextBlock':
      for (const each of readList(value.inlines, 'inlines', 50)) {
        const run = readObject(each, 'inline', ['type', 'text', 'weight', 'size', 'color']);
        demand(run.type === 'TextRun', 'inline.type');
        readText(run.text, 'inline.text', 10_000);
      }
      return;
    case 'Container':
      for (const item of readList(value.items, 'items', 50)) checkElement(item);
      return;
    case 'ColumnSet':
      for (const each of readList(value.columns, 'columns', 10)) {
        const column = readObject(each, 'column', ['type', 'width', 'items']);
        for (const item of readList(column.items, 'column.items', 50)) checkElement(item);
      }
      return;
    default:
      demand(false, `element of type ${String(value.type)}`);
  }
}
