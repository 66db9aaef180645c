import { createHash } from 'node:crypto';
import type { DeliveryHandle, Notice, NoticeDigest } from '../ports.ts';
import { clip } from './clean-text.ts';
import { type AlertContent, describeAlert } from './describe-alert.ts';
import { renderAlertHtml, renderMailHtml } from './email-html.ts';
import { renderDigestText, renderDigestTitle, renderText } from './render-text.ts';

/** One mail, before any transport knows of it. */
export interface MailMessage {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly messageId: string;
  readonly inReplyTo?: string;
  readonly references?: readonly string[];
  readonly priority: 'high' | 'normal';
  readonly headers: Readonly<Record<string, string>>;
}

const SUBJECT_LENGTH = 180;
const REPLY = 'Re: ';

/**
 * Renders a notice as a mail. All mails of an incident share one thread: ids are made from the incident and the
 * transition, so a repetition has the id of the first try; the subject stays that of the first mail until it gets worse,
 * because some clients take another subject for another thread.
 */
export function renderMail(
  notice: Notice,
  options: {
    readonly domain: string;
    readonly timeZone: string;
    readonly handle?: DeliveryHandle | undefined;
  },
): MailMessage {
  const { domain, timeZone, handle } = options;
  const content = describeAlert(notice, timeZone);
  const subject = clip(content.title, SUBJECT_LENGTH);
  const root = handle?.root ?? idOf(notice.incidentId, domain);
  const isFirst = handle?.last === undefined;
  const isWorse = notice.transition === 'escalated';
  const footer = `Incident ${notice.incidentId}. Sent by Tokenmeter; replies are not read.`;
  return {
    subject: isFirst || isWorse ? subject : `${REPLY}${handle?.subject ?? subject}`,
    text: `${renderText(content)}\n\n-- \n${footer}\n`,
    html: renderMailHtml({
      title: content.title,
      preview: previewOf(content),
      alerts: [renderAlertHtml(content)],
      footer,
    }),
    messageId: isFirst ? root : idOf(notice.idempotencyKey, domain),
    ...(isFirst
      ? {}
      : {
          inReplyTo: handle?.last ?? root,
          references: [...new Set([root, handle?.last ?? root])],
        }),
    priority: notice.severity === 'critical' && content.tone === 'critical' ? 'high' : 'normal',
    headers: {
      ...headersOf(domain),
      'X-Tokenmeter-Incident': notice.incidentId,
      'X-Tokenmeter-Transition': notice.transition,
    },
  };
}

/** What the channel wants back for the next mail of the incident. */
export function mailHandle(
  message: MailMessage,
  handle: DeliveryHandle | undefined,
): DeliveryHandle {
  return {
    root: handle?.root ?? message.messageId,
    last: message.messageId,
    subject: message.subject.startsWith(REPLY)
      ? (handle?.subject ?? message.subject)
      : message.subject,
  };
}

/** Renders several notices as one mail that belongs to no thread. */
export function renderDigestMail(
  digest: NoticeDigest,
  options: { readonly domain: string; readonly timeZone: string },
): MailMessage {
  const { domain, timeZone } = options;
  const contents = digest.notices.map((notice) => describeAlert(notice, timeZone));
  const title = renderDigestTitle(digest);
  const footer = 'Sent by Tokenmeter; replies are not read.';
  const worded = digest.notices.map((notice, index) => {
    const content = contents[index];
    return content === undefined ? notice : { ...notice, text: renderText(content) };
  });
  return {
    subject: clip(`Tokenmeter: ${title}`, SUBJECT_LENGTH),
    text: `${renderDigestText({ ...digest, notices: worded })}\n\n-- \n${footer}\n`,
    html: renderMailHtml({
      title,
      heading: title,
      preview: contents.map((content) => content.title).join(' · '),
      alerts: contents.map(renderAlertHtml),
      footer,
    }),
    messageId: idOf(digest.idempotencyKey, domain),
    priority: 'normal',
    headers: headersOf(domain),
  };
}

/** What mailing lists and automatic answers look at (RFC 2919, RFC 3834). */
function headersOf(domain: string): Record<string, string> {
  return {
    'List-Id': `Tokenmeter alerts <alerts.tokenmeter.${domain}>`,
    'Auto-Submitted': 'auto-generated',
    'X-Auto-Response-Suppress': 'All',
  };
}

function idOf(key: string, domain: string): string {
  return `<tokenmeter.${createHash('sha256').update(key).digest('hex').slice(0, 32)}@${domain}>`;
}

function previewOf(content: AlertContent): string {
  const cost = content.facts.find(({ name }) => name === 'Lasted' || name === 'Extra cost');
  return [
    content.status,
    content.news,
    cost === undefined ? undefined : `${cost.name} ${cost.value}`,
  ]
    .filter((one) => one !== undefined)
    .join(' · ');
}
