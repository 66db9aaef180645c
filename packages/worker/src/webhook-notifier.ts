import { Webhook } from 'standardwebhooks';
import type { Delivery, Notice, Notifier } from './ports.ts';

/** Where and how signed webhooks are sent. */
export interface WebhookOptions {
  readonly url: string;
  /** Standard Webhooks secret: `whsec_` and base64, or base64 alone. */
  readonly secret: string;
  readonly fetch?: typeof globalThis.fetch;
  readonly timeoutSeconds?: number;
  readonly name?: string;
}

const RETRYABLE_STATUS = new Set([408, 425, 429]);

/**
 * Creates the channel that posts alerts as Standard Webhooks: JSON, signed with HMAC-SHA256, `webhook-id` constant over
 * repetitions. Only 2xx is delivered; redirects are not followed; 410 and other 4xx are final, 408, 425, 429, 5xx and
 * failures of the connection are not. Throws a TypeError for a URL or secret that cannot work; neither is repeated in
 * any message.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (checked 2026-11-20)
 */
export function createWebhookNotifier(options: WebhookOptions): Notifier {
  const { fetch = globalThis.fetch, timeoutSeconds = 15, name = 'webhook' } = options;
  const url = checkUrl(options.url);
  const signer = createSigner(options.secret);
  return {
    name,
    async send(notice, signal): Promise<Delivery> {
      const body = JSON.stringify({
        type: `tokenmeter.alert.${notice.transition}`,
        timestamp: new Date().toISOString(),
        data: notice,
      });
      const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
      try {
        const response = await fetch(url, {
          method: 'POST',
          redirect: 'manual',
          headers: { 'content-type': 'application/json', ...sign(signer, notice, body) },
          body,
          signal: AbortSignal.any([signal, timeout]),
        });
        await response.body?.cancel();
        return judgeResponse(response);
      } catch (error) {
        return { outcome: 'failed', isRetryable: true, reason: reasonOf(error, signal, timeout) };
      }
    },
  };
}

function checkUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol)) {
    throw new TypeError('expected an http or https URL for the webhook');
  }
  return url;
}

function createSigner(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch {
    throw new TypeError('expected a webhook secret in base64, with or without whsec_');
  }
}

function sign(signer: Webhook, notice: Notice, body: string): Record<string, string> {
  const now = new Date();
  return {
    'webhook-id': notice.idempotencyKey,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signer.sign(notice.idempotencyKey, now, body),
  };
}

function judgeResponse(response: Response): Delivery {
  if (response.ok) return { outcome: 'delivered' };
  const { status } = response;
  const isRetryable = status >= 500 || RETRYABLE_STATUS.has(status);
  const reason = status === 410 ? 'receiver is gone (410)' : `receiver answered ${status}`;
  const retryAfterSeconds = parseRetryAfter(response.headers.get('retry-after'));
  return {
    outcome: 'failed',
    isRetryable,
    reason,
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  };
}

/** Seconds of a Retry-After header in either form; undefined when absent or not understood. */
function parseRetryAfter(text: string | null): number | undefined {
  if (text === null) return undefined;
  if (/^\d+$/.test(text.trim())) return Number(text);
  const epochMs = Date.parse(text);
  return Number.isNaN(epochMs) ? undefined : Math.max(0, Math.ceil((epochMs - Date.now()) / 1000));
}

function reasonOf(error: unknown, signal: AbortSignal, timeout: AbortSignal): string {
  if (signal.aborted) return 'aborted';
  if (timeout.aborted) return 'no answer in time';
  const code = error instanceof Error ? codeOf(error.cause) : undefined;
  return `connection failed${code === undefined ? '' : ` (${code})`}`;
}

function codeOf(cause: unknown): string | undefined {
  if (typeof cause !== 'object' || cause === null || !('code' in cause)) return undefined;
  return typeof cause.code === 'string' ? cause.code : undefined;
}
