import type { Notice, NoticeDigest } from '../ports.ts';
import { clip } from './clean-text.ts';
import type { AlertContent, Tone } from './describe-alert.ts';
import { renderDigestTitle } from './render-text.ts';

/** JSON that a webhook of Discord takes. */
export type DiscordMessage = Readonly<Record<string, unknown>>;

/** Limits of an embed. @see https://discord.com/developers/docs/resources/message#embed-object-embed-limits (checked 2026-11-21) */
const TITLE_LENGTH = 256;
const DESCRIPTION_LENGTH = 4096;
const VALUE_LENGTH = 1024;
/** All texts of a message together may have 6,000 characters. */
const DIGEST_LENGTH = 5000;

const COLOURS: Readonly<Record<Tone, number>> = {
  critical: 0xc62828,
  warning: 0xef6c00,
  info: 0x1565c0,
  resolved: 0x2e7d32,
  test: 0x616161,
};

/** Escapes text for Discord's Markdown: every mark that could format, link, mention or quote. */
export function escapeDiscord(text: string): string {
  return text.replaceAll(/[\\*_~`|<>[\]()#@:+.-]/g, '\\$&');
}

/** Renders an alert as one embed that mentions nobody. */
export function renderDiscordMessage(notice: Notice, content: AlertContent): DiscordMessage {
  const lines = [content.news, content.note].filter((one) => one !== undefined).map(escapeDiscord);
  const why = content.why;
  if (why !== undefined) {
    lines.push('**Why**');
    for (const { name, text } of why.parts) lines.push(`${escapeDiscord(name)}: ${text}`);
    lines.push(`**total: ${why.total}**`);
  }
  const links = content.links.map(({ name, url }) => `[${name}](<${encodeTarget(url)}>)`);
  if (links.length > 0) lines.push(links.join(' · '));
  const page = content.links.find(({ kind }) => kind === 'page');
  return frame({
    title: clip(content.title, TITLE_LENGTH),
    description: clip(lines.join('\n'), DESCRIPTION_LENGTH - 1000),
    color: COLOURS[content.tone],
    ...(page === undefined ? {} : { url: page.url }),
    timestamp: new Date(notice.epochMs).toISOString(),
    fields: content.facts.map(({ name, value }) => ({
      name,
      value: clip(escapeDiscord(value), VALUE_LENGTH / 4),
      inline: false,
    })),
    footer: { text: 'Tokenmeter' },
  });
}

/** Renders several alerts as one embed; those beyond the limit of length are counted. */
export function renderDiscordDigest(
  digest: NoticeDigest,
  contents: readonly AlertContent[],
): DiscordMessage {
  const lines: string[] = [];
  let length = 0;
  for (const { title } of contents) {
    const line = `- ${escapeDiscord(title)}`;
    length += line.length + 1;
    if (length > DIGEST_LENGTH - DESCRIPTION_LENGTH / 4 || length > DESCRIPTION_LENGTH - 40) break;
    lines.push(line);
  }
  const hidden = contents.length - lines.length;
  if (hidden > 0) lines.push(`and ${hidden} more`);
  return frame({
    title: clip(renderDigestTitle(digest), TITLE_LENGTH),
    description: lines.join('\n'),
    footer: { text: 'Tokenmeter' },
  });
}

function frame(embed: Readonly<Record<string, unknown>>): DiscordMessage {
  return { username: 'Tokenmeter', allowed_mentions: { parse: [] }, embeds: [embed] };
}

/** Characters that would end a link in angle brackets. */
function encodeTarget(url: string): string {
  return url.replaceAll(/[<>\s]/g, (one) => encodeURIComponent(one));
}
