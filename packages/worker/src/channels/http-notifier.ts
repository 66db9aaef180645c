import type { Notice, Notifier } from '../ports.ts';
import { type AlertContent, describeAlert, renderWhy } from './describe-alert.ts';
import { fillTemplate } from './fill-template.ts';
import { parseHttpUrl } from './http-url.ts';
import { judgeStatus, post } from './post.ts';

/** An endpoint that takes JSON of its own shape. */
export interface HttpOptions {
  readonly url: string;
  /** JSON value whose texts hold `{{…}}`, see `fillTemplate`. */
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly name?: string;
  readonly timeZone?: string;
  readonly timeoutSeconds?: number;
  readonly isPrivateAllowed?: boolean;
}

/**
 * Creates the channel that posts JSON made from a template to any endpoint. The idempotency key is the header
 * `idempotency-key`. A template can say everything that the notice holds (`{{finding.observed}}`, `{{links.runbook}}`)
 * and the words of the alert (`{{title}}`, `{{text}}`, `{{status}}`, `{{why}}`, `{{facts.Observed}}`).
 */
export function createHttpNotifier(options: HttpOptions): Notifier {
  const { name = 'http', timeZone = 'UTC', timeoutSeconds = 15 } = options;
  const url = parseHttpUrl(options.url, 'endpoint');
  return {
    name,
    send: async (notice, signal) => {
      const values = templateValues(notice, describeAlert(notice, timeZone));
      const result = await post({
        url,
        headers: {
          'content-type': 'application/json',
          ...options.headers,
          'idempotency-key': notice.idempotencyKey,
        },
        body: JSON.stringify(fillTemplate(options.body, values)),
        signal,
        timeoutMs: timeoutSeconds * 1000,
        isPrivateAllowed: options.isPrivateAllowed ?? true,
      });
      return judgeStatus(result);
    },
  };
}

function templateValues(notice: Notice, content: AlertContent): Readonly<Record<string, unknown>> {
  const { tone, status, title, news, note, facts, why } = content;
  return {
    ...notice,
    tone,
    status,
    title,
    news,
    note,
    facts: Object.fromEntries(facts.map(({ name, value }) => [name, value])),
    why: why === undefined ? undefined : renderWhy(why),
    epochSeconds: Math.floor(notice.epochMs / 1000),
    time: new Date(notice.epochMs).toISOString(),
    started: new Date(notice.startedEpochMs).toISOString(),
  };
}
