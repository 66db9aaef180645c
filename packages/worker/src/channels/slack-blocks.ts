import type { NoticeDigest } from '../ports.ts';
import { clip } from './clean-text.ts';
import type { AlertContent, AlertLink, Tone } from './describe-alert.ts';
import { renderDigestTitle } from './render-text.ts';

/** A block of Slack's Block Kit, as JSON. */
type SlackBlock = Readonly<Record<string, unknown>>;

/** What is posted: the blocks, and the text that notifications and screen readers use. */
export interface SlackMessage {
  readonly text: string;
  readonly blocks: readonly SlackBlock[];
}

/** Limits of Block Kit. @see https://docs.slack.dev/reference/block-kit/blocks (checked 2026-11-21) */
const MOST_BLOCKS = 50;
const HEADER_LENGTH = 150;
const SECTION_LENGTH = 3000;
const FIELD_LENGTH = 2000;
const BUTTON_LENGTH = 75;
const URL_LENGTH = 3000;
const TEXT_LENGTH = 4000;

const SIGNS: Readonly<Record<Tone, string>> = {
  critical: '🔴',
  warning: '🟠',
  info: '🔵',
  resolved: '✅',
  test: '🧪',
};

/** Facts that stand side by side; the others are the small print below. */
const WIDE_FACTS: ReadonlySet<string> = new Set([
  'Observed',
  'Expected',
  'Extra cost',
  'Do first',
  'Since',
  'Lasted',
]);

/**
 * Escapes text for mrkdwn: Slack's three control characters as entities, and a word joiner beside any mark that would
 * begin a format. What is left cannot mention anyone, link anywhere or change how the rest looks.
 *
 * @see https://docs.slack.dev/messaging/formatting-message-text#escaping (checked 2026-11-21)
 */
export function escapeMrkdwn(text: string): string {
  return escapeEntities(text).replaceAll(
    /(?<![\p{L}\p{N}])[*_~`]|[*_~`](?![\p{L}\p{N}])/gu,
    '\u2060$&\u2060',
  );
}

/** Renders an alert as Slack blocks. `mention` is the id of whom to call, or `here` or `channel`. */
export function renderSlackMessage(content: AlertContent, mention?: string): SlackMessage {
  const sign = SIGNS[content.tone];
  const blocks: SlackBlock[] = [header(`${sign} ${content.title}`)];
  const words = [content.news, content.note].filter((one) => one !== undefined).map(escapeMrkdwn);
  if (mention !== undefined) words.unshift(renderMention(mention));
  if (words.length > 0) blocks.push(section(words.join('\n')));
  const wide = content.facts.filter(({ name }) => WIDE_FACTS.has(name));
  if (wide.length > 0) blocks.push({ type: 'section', fields: wide.map(fieldOf) });
  if (content.why !== undefined) blocks.push(section(renderAmounts(content.why)));
  const small = content.facts.filter(({ name }) => !WIDE_FACTS.has(name));
  if (small.length > 0) {
    const line = small.map(({ name, value }) => `${name}: ${escapeMrkdwn(value)}`).join(' · ');
    blocks.push({ type: 'context', elements: [mrkdwn(clipMrkdwn(line, SECTION_LENGTH))] });
  }
  const buttons = content.links.filter(({ url }) => url.length <= URL_LENGTH).map(buttonOf);
  if (buttons.length > 0) blocks.push({ type: 'actions', elements: buttons });
  return { text: clip(escapeMrkdwn(`${sign} ${content.title}`), TEXT_LENGTH), blocks };
}

/** Renders the line that follows in the thread of an incident. */
export function renderSlackReply(content: AlertContent, mention?: string): SlackMessage {
  const lines = [`*${escapeMrkdwn(content.title)}*`];
  for (const one of [content.news, content.note]) {
    if (one !== undefined) lines.push(escapeMrkdwn(one));
  }
  const cost = content.facts.find(({ name }) => name === 'Lasted' || name === 'Extra cost');
  if (cost !== undefined) lines.push(`${cost.name}: ${escapeMrkdwn(cost.value)}`);
  if (mention !== undefined) lines.push(renderMention(mention));
  return {
    text: clip(escapeMrkdwn(content.title), TEXT_LENGTH),
    blocks: [section(lines.join('\n'))],
  };
}

/** Renders several alerts as one message; those beyond what fits are counted. */
export function renderSlackDigest(
  digest: NoticeDigest,
  contents: readonly AlertContent[],
): SlackMessage {
  const title = renderDigestTitle(digest);
  const shown = contents.slice(0, MOST_BLOCKS - 2);
  const blocks = [header(title), ...shown.map(digestEntry)];
  const hidden = contents.length - shown.length;
  if (hidden > 0) blocks.push(section(`and ${hidden} more`));
  return { text: clip(escapeMrkdwn(title), TEXT_LENGTH), blocks };
}

function digestEntry(content: AlertContent): SlackBlock {
  const lines = [`${SIGNS[content.tone]} *${escapeMrkdwn(content.title)}*`];
  const cost = content.facts.find(({ name }) => name === 'Extra cost');
  if (cost !== undefined) lines.push(escapeMrkdwn(`Extra cost ${cost.value}`));
  const page = content.links.find(({ kind }) => kind === 'page');
  return {
    ...section(lines.join('\n')),
    ...(page === undefined ? {} : { accessory: buttonOf(page) }),
  };
}

/** Amounts in columns, so that they can be added up by eye. */
function renderAmounts({ parts, total }: NonNullable<AlertContent['why']>): string {
  const rows = [...parts.map(({ name, text }) => [name, text] as const), ['total', total] as const];
  const wide = Math.max(...rows.map(([name]) => name.length));
  const amount = Math.max(...rows.map(([, text]) => text.replace('/h', '').length));
  const lines = rows.map(([name, text]) => {
    const spaces = amount - text.replace('/h', '').length;
    return `${name.padEnd(wide)}  ${' '.repeat(spaces)}${text}`;
  });
  return `*Why*\n\`\`\`\n${escapeEntities(lines.join('\n')).replaceAll('`', "'")}\n\`\`\``;
}

function renderMention(mention: string): string {
  if (mention === 'here' || mention === 'channel') return `<!${mention}>`;
  return mention.startsWith('S') ? `<!subteam^${mention}>` : `<@${mention}>`;
}

function fieldOf({ name, value }: { readonly name: string; readonly value: string }): SlackBlock {
  return mrkdwn(clipMrkdwn(`*${name}*\n${escapeMrkdwn(value)}`, FIELD_LENGTH));
}

function buttonOf({ kind, name, url }: AlertLink): SlackBlock {
  return {
    type: 'button',
    action_id: `tokenmeter_${kind}`,
    text: { type: 'plain_text', text: clip(name, BUTTON_LENGTH), emoji: false },
    url,
    ...(kind === 'acknowledge' ? { style: 'primary' } : {}),
  };
}

function header(text: string): SlackBlock {
  const plain = clip(text, HEADER_LENGTH);
  return { type: 'header', text: { type: 'plain_text', text: plain, emoji: false } };
}

function section(text: string): SlackBlock {
  return { type: 'section', text: mrkdwn(clipMrkdwn(text, SECTION_LENGTH)) };
}

/** `verbatim`: Slack makes no links, channels or mentions of its own out of the text. */
function mrkdwn(text: string): SlackBlock {
  return { type: 'mrkdwn', text, verbatim: true };
}

/** Never ends inside an entity. */
function clipMrkdwn(text: string, most: number): string {
  return clip(text, most).replace(/&[a-z]{0,4}…$/, '…');
}

function escapeEntities(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
