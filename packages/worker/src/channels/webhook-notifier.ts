import { Webhook } from 'standardwebhooks';
import type { Notice, Notifier } from '../ports.ts';
import { parseHttpUrl } from './http-url.ts';
import { judgeStatus, post } from './post.ts';

/** Where and how signed webhooks are sent. */
export interface WebhookOptions {
  readonly url: string;
  /**
   * Standard Webhooks secrets, `whsec_` and base64, or base64 alone. While a secret is replaced there are two: each
   * message is signed with all of them.
   */
  readonly secret: string | readonly string[];
  readonly timeoutSeconds?: number;
  readonly name?: string;
  /** False refuses addresses outside the public Internet. Default true. */
  readonly isPrivateAllowed?: boolean;
}

/**
 * Creates the channel that posts alerts as Standard Webhooks: JSON, signed with HMAC-SHA256, `webhook-id` constant over
 * repetitions. Only 2xx is delivered; redirects are not followed; 410 disables the channel, other 4xx are final, 408,
 * 425, 429, 5xx and failures of the connection are not. Throws a TypeError for a URL or secret that cannot work;
 * neither is repeated in any message.
 *
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md (checked 2026-11-20)
 */
export function createWebhookNotifier(options: WebhookOptions): Notifier {
  const { timeoutSeconds = 15, name = 'webhook', isPrivateAllowed = true } = options;
  const url = parseHttpUrl(options.url, 'webhook');
  const signers = createSigners(options.secret);
  return {
    name,
    async send(notice, signal) {
      const body = renderWebhookBody(notice);
      const headers = {
        'content-type': 'application/json',
        ...signWebhook(signers, notice.idempotencyKey, body),
      };
      const timeoutMs = timeoutSeconds * 1000;
      return judgeStatus(await post({ url, headers, body, signal, timeoutMs, isPrivateAllowed }));
    },
  };
}

function renderWebhookBody(notice: Notice): string {
  return JSON.stringify({
    type: `tokenmeter.alert.${notice.transition}`,
    timestamp: new Date(notice.epochMs).toISOString(),
    data: notice,
  });
}

function createSigners(secret: string | readonly string[]): readonly Webhook[] {
  const secrets = typeof secret === 'string' ? [secret] : secret;
  try {
    const signers = secrets.map((one) => new Webhook(one));
    if (signers.length > 0) return signers;
  } catch {
    // Said below, without the secret.
  }
  throw new TypeError('expected a webhook secret in base64, with or without whsec_');
}

function signWebhook(
  signers: readonly Webhook[],
  id: string,
  body: string,
): Record<string, string> {
  const now = new Date();
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(now.getTime() / 1000)),
    'webhook-signature': signers.map((signer) => signer.sign(id, now, body)).join(' '),
  };
}
