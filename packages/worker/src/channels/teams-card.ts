import type { NoticeDigest } from '../ports.ts';
import type { AlertContent, Tone } from './describe-alert.ts';
import { renderDigestTitle } from './render-text.ts';

/** JSON that a Teams workflow takes. */
export type TeamsMessage = Readonly<Record<string, unknown>>;
type Element = Readonly<Record<string, unknown>>;

/** About 28 KB a message. @see https://learn.microsoft.com/connectors/teams (checked 2026-11-21) */
const MOST_BYTES = 27_000;
const MOST_ACTIONS = 6;

const STYLES: Readonly<Record<Tone, string>> = {
  critical: 'attention',
  warning: 'warning',
  info: 'accent',
  resolved: 'good',
  test: 'emphasis',
};

/**
 * Renders an alert as an Adaptive Card. Every text is a `TextRun`, which Teams shows as it is: nothing in a name is
 * read as Markdown, a link or a mention.
 *
 * @see https://adaptivecards.io/explorer/TextRun.html (checked 2026-11-21)
 */
export function renderTeamsMessage(content: AlertContent): TeamsMessage {
  const lines = [content.news, content.note].filter((one) => one !== undefined);
  const body = [
    banner(content),
    ...lines.map((text) => paragraph([run(text)])),
    ...content.facts.map(({ name, value }) => row(name, value)),
    ...(content.why === undefined ? [] : whyOf(content.why)),
  ];
  const actions = content.links
    .slice(0, MOST_ACTIONS)
    .map(({ name, url }) => ({ type: 'Action.OpenUrl', title: name, url }));
  return messageOf(content.title, body, actions);
}

/** Renders several alerts as one card; those that would make it too large are counted. */
export function renderTeamsDigest(
  digest: NoticeDigest,
  contents: readonly AlertContent[],
): TeamsMessage {
  const title = renderDigestTitle(digest);
  const head = paragraph([run(title, { weight: 'Bolder', size: 'Large' })]);
  for (let shown = contents.length; shown > 0; shown -= 1) {
    const hidden = contents.length - shown;
    const body = [head, ...contents.slice(0, shown).flatMap(digestEntry)];
    if (hidden > 0) body.push(paragraph([run(`and ${hidden} more`)]));
    const message = messageOf(title, body, []);
    if (Buffer.byteLength(JSON.stringify(message)) <= MOST_BYTES) return message;
  }
  return messageOf(title, [head], []);
}

function digestEntry(content: AlertContent): Element[] {
  const cost = content.facts.find(({ name }) => name === 'Extra cost');
  return [banner(content), ...(cost === undefined ? [] : [row(cost.name, cost.value)])];
}

function whyOf({ parts, total }: NonNullable<AlertContent['why']>): Element[] {
  return [
    paragraph([run('Why', { weight: 'Bolder' })]),
    ...parts.map(({ name, text }) => amount(name, text, false)),
    amount('total', total, true),
  ];
}

function banner({ tone, title }: AlertContent): Element {
  return {
    type: 'Container',
    style: STYLES[tone],
    bleed: true,
    items: [paragraph([run(title, { weight: 'Bolder', size: 'Medium' })])],
  };
}

function row(name: string, value: string): Element {
  return columns(paragraph([run(name, { weight: 'Bolder' })]), paragraph([run(value)]), '110px');
}

function amount(name: string, text: string, isTotal: boolean): Element {
  const look = isTotal ? { weight: 'Bolder' } : {};
  const right = { ...paragraph([run(text, look)]), horizontalAlignment: 'Right' };
  return columns(paragraph([run(name, look)]), right, '200px');
}

function columns(left: Element, right: Element, width: string): Element {
  return {
    type: 'ColumnSet',
    spacing: 'Small',
    columns: [
      { type: 'Column', width, items: [left] },
      { type: 'Column', width: 'stretch', items: [right] },
    ],
  };
}

function paragraph(inlines: readonly Element[]): Element {
  return { type: 'RichTextBlock', inlines };
}

function run(text: string, look: Element = {}): Element {
  return { type: 'TextRun', text, ...look };
}

function messageOf(
  title: string,
  body: readonly Element[],
  actions: readonly Element[],
): TeamsMessage {
  return {
    type: 'message',
    summary: title,
    attachments: [
      {
        contentType: 'application/vnd.microsoft.card.adaptive',
        contentUrl: null,
        content: {
          $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
          type: 'AdaptiveCard',
          version: '1.4',
          msteams: { width: 'Full' },
          fallbackText: title,
          body,
          ...(actions.length === 0 ? {} : { actions }),
        },
      },
    ],
  };
}
