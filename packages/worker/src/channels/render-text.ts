import type { NoticeDigest } from '../ports.ts';
import { cleanName } from './clean-text.ts';
import { type AlertContent, renderWhy } from './describe-alert.ts';

/** Renders an alert as plain text of several lines: what, how much, expected, cost, why, who, since when, where to go. */
export function renderText(content: AlertContent): string {
  const lines = [content.title];
  if (content.news !== undefined) lines.push(content.news);
  if (content.note !== undefined) lines.push(content.note);
  for (const { name, value } of content.facts) {
    lines.push(`${name}: ${value}.`);
    if (name === 'Extra cost' && content.why !== undefined) {
      lines.push(`Why: ${renderWhy(content.why)}.`);
    }
  }
  for (const { name, url } of content.links) lines.push(`${name}: ${url}`);
  return lines.join('\n');
}

/** The one line that heads a digest: `3 alerts: service shop`. */
export function renderDigestTitle({ subject, notices }: NoticeDigest): string {
  return `${notices.length} ${notices.length === 1 ? 'alert' : 'alerts'}: ${cleanName(subject)}`;
}

/** Renders a digest as plain text. */
export function renderDigestText(digest: NoticeDigest): string {
  return [renderDigestTitle(digest), ...digest.notices.map(({ text }) => text)].join('\n\n');
}
