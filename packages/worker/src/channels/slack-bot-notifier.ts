import type { Delivery, DeliveryHandle, Notice, Notifier } from '../ports.ts';
import { describeAlert } from './describe-alert.ts';
import { parseHttpUrl } from './http-url.ts';
import { judgeStatus, post } from './post.ts';
import {
  renderSlackDigest,
  renderSlackMessage,
  renderSlackReply,
  type SlackMessage,
} from './slack-blocks.ts';
import { mentionFor, SLACK_GAP_MS } from './slack-notifier.ts';

/** A bot of Slack with the scope `chat:write`. */
export interface SlackBotOptions {
  readonly token: string;
  /** Id of the conversation, or `#name`. */
  readonly channel: string;
  readonly name?: string;
  readonly timeZone?: string;
  readonly timeoutSeconds?: number;
  readonly mention?: string;
  /** Default `https://slack.com/api`. */
  readonly apiUrl?: string;
  readonly isPrivateAllowed?: boolean;
}

type ApiResult =
  | { readonly isOk: true; readonly channel: string; readonly ts: string }
  | { readonly isOk: false; readonly error: string; readonly delivery: Delivery };

type Call = (
  method: 'chat.postMessage' | 'chat.update',
  body: Readonly<Record<string, unknown>>,
  signal: AbortSignal,
) => Promise<ApiResult>;

/** Errors after which the message that was to be changed has to be posted anew. */
const LOST_MESSAGE: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
]);
/** Errors that time will not heal. @see https://docs.slack.dev/reference/methods/chat.postMessage (checked 2026-11-21) */
const FINAL: ReadonlySet<string> = new Set([
  'access_denied',
  'account_inactive',
  'channel_not_found',
  'ekm_access_denied',
  'invalid_arguments',
  'invalid_auth',
  'invalid_blocks',
  'invalid_blocks_format',
  'is_archived',
  'missing_scope',
  'msg_blocks_too_long',
  'msg_too_long',
  'no_permission',
  'no_text',
  'not_allowed_token_type',
  'not_authed',
  'not_in_channel',
  'org_login_required',
  'restricted_action',
  'too_many_attachments',
  'token_expired',
  'token_revoked',
]);
/** Transitions that everybody in the channel should see, not only those who follow the thread. */
const BROADCAST: ReadonlySet<Notice['transition']> = new Set(['firing', 'escalated', 'advised']);

/**
 * Creates the channel that speaks as a bot: one message per incident that always shows its present state, and a line in
 * its thread for each transition. The handle holds the conversation and `ts` of the message.
 */
export function createSlackBotNotifier(options: SlackBotOptions): Notifier {
  const { name = 'slack', timeZone = 'UTC' } = options;
  const call = createCall(options);
  const postNew = async (message: SlackMessage, key: string, signal: AbortSignal) =>
    delivered(
      await call(
        'chat.postMessage',
        { channel: options.channel, ...message, ...frame(key) },
        signal,
      ),
    );
  return {
    name,
    minGapMs: SLACK_GAP_MS,
    send: async (notice, signal, handle) => {
      const content = describeAlert(notice, timeZone);
      const mention = mentionFor(notice, options.mention);
      const root = renderSlackMessage(content, mention);
      const at = placeOf(handle);
      if (at === undefined) return postNew(root, notice.idempotencyKey, signal);
      const changed = await call('chat.update', { ...at, ...root }, signal);
      if (!changed.isOk) {
        return LOST_MESSAGE.has(changed.error)
          ? postNew(root, notice.idempotencyKey, signal)
          : changed.delivery;
      }
      const reply = {
        channel: at.channel,
        thread_ts: at.ts,
        ...(BROADCAST.has(notice.transition) ? { reply_broadcast: true } : {}),
        ...renderSlackReply(content, mention),
        ...frame(notice.idempotencyKey),
      };
      const answered = await call('chat.postMessage', reply, signal);
      return answered.isOk ? { outcome: 'delivered', handle: at } : answered.delivery;
    },
    sendDigest: (digest, signal) => {
      const contents = digest.notices.map((notice) => describeAlert(notice, timeZone));
      return postNew(renderSlackDigest(digest, contents), digest.idempotencyKey, signal);
    },
  };
}

function createCall(options: SlackBotOptions): Call {
  const base = parseHttpUrl(options.apiUrl ?? 'https://slack.com/api', 'Slack API');
  if (!/^[\x21-\x7e]+$/.test(options.token)) throw new TypeError('expected a Slack bot token');
  return async (method, body, signal) => {
    const result = await post({
      url: new URL(`${base.href.replace(/\/+$/, '')}/${method}`),
      headers: {
        'content-type': 'application/json; charset=utf-8',
        authorization: `Bearer ${options.token}`,
      },
      body: JSON.stringify(body),
      signal,
      timeoutMs: (options.timeoutSeconds ?? 15) * 1000,
      isPrivateAllowed: options.isPrivateAllowed ?? true,
      readsBody: true,
    });
    const delivery = judgeStatus(result);
    if (delivery.outcome !== 'delivered' || !result.isAnswered) {
      return { isOk: false, error: '', delivery };
    }
    return readAnswer(result.body, result.afterMs);
  };
}

function readAnswer(text: string, afterMs: number | undefined): ApiResult {
  const answer = parseObject(text);
  if (answer?.ok === true && typeof answer.ts === 'string' && typeof answer.channel === 'string') {
    return { isOk: true, channel: answer.channel, ts: answer.ts };
  }
  const error = typeof answer?.error === 'string' ? answer.error : 'unreadable answer';
  const word = /^[a-z_ ]{1,50}$/.test(error) ? error : 'unknown error';
  const reason = `Slack answered ${word}`;
  if (FINAL.has(error)) return { isOk: false, error, delivery: { outcome: 'refused', reason } };
  const wait = afterMs === undefined ? {} : { afterMs };
  return { isOk: false, error, delivery: { outcome: 'retry', reason, ...wait } };
}

function delivered(result: ApiResult): Delivery {
  if (!result.isOk) return result.delivery;
  return { outcome: 'delivered', handle: { channel: result.channel, ts: result.ts } };
}

function placeOf(
  handle: DeliveryHandle | undefined,
): { readonly channel: string; readonly ts: string } | undefined {
  const { channel, ts } = handle ?? {};
  return channel === undefined || ts === undefined ? undefined : { channel, ts };
}

/** Previews of our own links would only repeat the message; the key lets a reader of the API drop repetitions. */
function frame(idempotencyKey: string): Readonly<Record<string, unknown>> {
  return {
    unfurl_links: false,
    unfurl_media: false,
    metadata: {
      event_type: 'tokenmeter_alert',
      event_payload: { idempotency_key: idempotencyKey },
    },
  };
}

function parseObject(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
