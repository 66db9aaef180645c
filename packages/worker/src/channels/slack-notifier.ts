import type { Delivery, Notice, Notifier } from '../ports.ts';
import { describeAlert } from './describe-alert.ts';
import { parseHttpUrl } from './http-url.ts';
import { judgeStatus, post } from './post.ts';
import { renderSlackDigest, renderSlackMessage, type SlackMessage } from './slack-blocks.ts';

/** An incoming webhook of Slack. */
export interface SlackWebhookOptions {
  readonly url: string;
  readonly name?: string;
  readonly timeZone?: string;
  readonly timeoutSeconds?: number;
  /** Who is called when something critical begins or nobody takes it: `here`, `channel` or an id. */
  readonly mention?: string;
  /** False refuses addresses outside the public Internet. Default true. */
  readonly isPrivateAllowed?: boolean;
}

/** About one message per second and channel. @see https://docs.slack.dev/apis/web-api/rate-limits (checked 2026-11-21) */
export const SLACK_GAP_MS = 1000;

/**
 * Creates the channel that posts to an incoming webhook of Slack. It cannot change what it posted, so every transition
 * is a message of its own. A webhook that was removed (404 and 410) disables the channel.
 *
 * @see https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks (checked 2026-11-21)
 */
export function createSlackWebhookNotifier(options: SlackWebhookOptions): Notifier {
  const { name = 'slack', timeZone = 'UTC', timeoutSeconds = 15 } = options;
  const url = parseHttpUrl(options.url, 'Slack webhook');
  const deliver = async (message: SlackMessage, signal: AbortSignal): Promise<Delivery> => {
    const result = await post({
      url,
      headers: { 'content-type': 'application/json; charset=utf-8' },
      body: JSON.stringify(message),
      signal,
      timeoutMs: timeoutSeconds * 1000,
      isPrivateAllowed: options.isPrivateAllowed ?? true,
    });
    if (result.isAnswered && result.status === 404) {
      return { outcome: 'disabled', reason: 'Slack does not know the webhook any more (404)' };
    }
    return judgeStatus(result);
  };
  return {
    name,
    minGapMs: SLACK_GAP_MS,
    send: (notice, signal) => {
      const content = describeAlert(notice, timeZone);
      return deliver(renderSlackMessage(content, mentionFor(notice, options.mention)), signal);
    },
    sendDigest: (digest, signal) => {
      const contents = digest.notices.map((notice) => describeAlert(notice, timeZone));
      return deliver(renderSlackDigest(digest, contents), signal);
    },
  };
}

const CALLING: ReadonlySet<Notice['transition']> = new Set(['firing', 'escalated', 'advised']);

/** Whom to call: only for what is critical, and only when that is news. */
export function mentionFor(notice: Notice, mention: string | undefined): string | undefined {
  return notice.severity === 'critical' && CALLING.has(notice.transition) ? mention : undefined;
}
