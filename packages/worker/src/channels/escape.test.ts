import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FINDINGS, noticeOf } from '../alerts.test-kit.ts';
import { describeAlert } from './describe-alert.ts';
import { escapeDiscord, renderDiscordMessage } from './discord-embed.ts';
import { escapeHtml, renderAlertHtml } from './email-html.ts';
import { renderMail } from './email-message.ts';
import { escapeMrkdwn, renderSlackMessage } from './slack-blocks.ts';
import { renderTeamsMessage } from './teams-card.ts';

/** Names that telemetry may bring, and what they must not become. */
const ATTACKS = [
  { note: 'a script', name: '<script>alert(1)</script>' },
  { note: 'an image with a handler', name: '"><img src=x onerror=alert(1)>' },
  { note: 'an attribute', name: "' onmouseover='alert(1)" },
  { note: 'a link to a script', name: '[x](javascript:alert(1))' },
  { note: 'an entity', name: '&lt;b&gt;&#60;script&#62;' },
  { note: 'a mention of everybody in Slack', name: '<!channel> <!here>' },
  { note: 'a mention of a person', name: '<@U024BE7LH> @everyone <@123456>' },
  { note: 'a disguised link in Slack', name: '<https://evil.example|https://spend.example.com>' },
  { note: 'formats', name: '*bold* _italic_ ~gone~ `code` ```block``` ||hidden||' },
  { note: 'a quote and a heading', name: '> quote\n# heading\n- item' },
  { note: 'another header', name: 'chat\r\nBcc: eve@evil.example' },
  { note: 'control characters', name: 'a\u0000b\u001b[31mred\u007f' },
  { note: 'text that turns around', name: 'safe\u202egnp.exe' },
  { note: 'half a character', name: 'bad\ud800' },
  { note: 'a very long name', name: 'x'.repeat(10_000) },
  { note: 'a long name of entities', name: '&'.repeat(10_000) },
] as const;

const noticeWith = (name: string) => {
  const { labels, ...finding } = FINDINGS.volume;
  const contributors = [{ dimension: 'model', name, share: 1 }] as const;
  const change = { ...finding, labels: { ...labels, feature: name }, contributors };
  return noticeOf('volume', {
    finding: change,
    note: name,
    actor: name,
    transition: 'acknowledged',
  });
};
const contentWith = (name: string) => describeAlert(noticeWith(name), 'UTC');
/** Tags that our own template writes. */
const TAGS = /<\/?(table|tr|td|th|span|h1|div|a|br|p)(\s[^<>]*)?>/g;

describe('names from telemetry', () => {
  test.for(ATTACKS)('$note stays on one line of limited length', ({ name }) => {
    const { title, news = '', facts } = contentWith(name);
    for (const text of [title, news, ...facts.map(({ value }) => value)]) {
      // biome-ignore lint/suspicious/noControlCharactersInRegex: their absence is the point
      expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/);
      expect(() => encodeURIComponent(text)).not.toThrow();
      expect(text.length).toBeLessThan(1100);
    }
  });

  test.for(ATTACKS)('$note is only text in HTML', ({ name }) => {
    const html = renderAlertHtml(contentWith(name));
    expect(html.replaceAll(TAGS, '')).not.toMatch(/[<>]/);
    expect(html).not.toMatch(/<[^>]*\son\w+=|href="javascript/i);
  });

  test.for(ATTACKS)('$note is only text in Slack', ({ name }) => {
    const { text, blocks } = renderSlackMessage(contentWith(name));
    for (const part of [text, ...textsOf(blocks)]) {
      expect(part).not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/);
    }
  });

  test.for(ATTACKS)('$note is only text in Teams', ({ name }) => {
    const text = JSON.stringify(renderTeamsMessage(contentWith(name)));
    expect(text).not.toContain('"TextBlock"');
    expect(text).not.toContain('FactSet');
  });

  test.for(ATTACKS)('$note mentions and formats nothing in Discord', ({ name }) => {
    const notice = noticeWith(name);
    const message = renderDiscordMessage(notice, describeAlert(notice, 'UTC'));
    expect(message.allowed_mentions).toEqual({ parse: [] });
    const [embed] = Array.isArray(message.embeds) ? message.embeds : [];
    for (const { value } of embed.fields)
      expect(value).not.toMatch(/(?<!\\)(?:\\\\)*[*_~`|<>[\]@]/);
  });

  test.for(ATTACKS)('$note is no header of a mail', ({ name }) => {
    const options = { domain: 'example.com', timeZone: 'UTC' };
    const { subject, headers } = renderMail(noticeWith(name), options);
    expect([subject, ...Object.values(headers)].join('')).not.toMatch(/[\r\n\0]/);
  });
});

const written = (text: string): string => text.replaceAll('\u2060', '');

test.for([
  {
    text: 'a <b> & c',
    html: 'a &lt;b&gt; &amp; c',
    mrkdwn: 'a &lt;b&gt; &amp; c',
    discord: 'a \\<b\\> & c',
  },
  { text: `"it's"`, html: '&quot;it&#39;s&quot;', mrkdwn: `"it's"`, discord: `"it's"` },
  {
    text: 'smart_reply_v2',
    html: 'smart_reply_v2',
    mrkdwn: 'smart_reply_v2',
    discord: 'smart\\_reply\\_v2',
  },
  { text: '*x*', html: '*x*', mrkdwn: '*x*', discord: '\\*x\\*' },
])('$text is escaped for each channel', ({ text, html, mrkdwn, discord }) => {
  expect(escapeHtml(text)).toBe(html);
  expect(written(escapeMrkdwn(text))).toBe(mrkdwn);
  expect(escapeDiscord(text)).toBe(discord);
});

test('a mark that would begin a format in Slack is kept apart from its word', () => {
  expect(escapeMrkdwn('*bold*')).toBe('\u2060*\u2060bold\u2060*\u2060');
  expect(escapeMrkdwn('smart_reply')).toBe('smart_reply');
});

test('any text survives the escaping for HTML', () => {
  const entities: Readonly<Record<string, string>> = {
    '&amp;': '&',
    '&lt;': '<',
    '&gt;': '>',
    '&quot;': '"',
    '&#39;': "'",
  };
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const escaped = escapeHtml(text);
      expect(escaped).not.toMatch(/[<>"']/);
      expect(escaped.replaceAll(/&(?:amp|lt|gt|quot|#39);/g, (one) => entities[one] ?? '')).toBe(
        text,
      );
    }),
  );
});

function textsOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(textsOf);
  if (typeof value !== 'object' || value === null) return [];
  const isMrkdwn = 'type' in value && value.type === 'mrkdwn' && 'text' in value;
  return isMrkdwn ? [String(value.text)] : Object.values(value).flatMap(textsOf);
}
