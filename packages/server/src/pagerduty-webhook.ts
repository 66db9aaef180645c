import { createHmac, timingSafeEqual } from 'node:crypto';
import type { IncidentCommand } from '@tokenmeter/anomaly';
import type { IncidentDesk } from '@tokenmeter/worker';
import { z } from 'zod';
import { readBody } from './read-body.ts';
import { type Respond, sendProblem } from './respond.ts';

/** What the receiver of PagerDuty's webhooks works with. */
export interface PagerDutyOptions {
  /** Undefined until a worker runs. */
  readonly desk: () => IncidentDesk | undefined;
  /** Signing secrets of the subscriptions; two while one is replaced. */
  readonly secrets: readonly string[];
  readonly clock: () => number;
}

/** Where PagerDuty sends what happens to incidents. */
export const PAGERDUTY_PATH = '/hooks/pagerduty';

const BODY_LIMIT = 1024 * 1024;

const payload = z.object({
  event: z.object({
    event_type: z.string(),
    agent: z.object({ summary: z.string().nullish() }).nullish(),
    data: z.object({ incident_key: z.string().nullish() }).nullish(),
  }),
});

/**
 * Takes PagerDuty's v3 webhooks: what is acknowledged or resolved there is so here. `incident_key` is the `dedup_key` that
 * we sent, which is our incident id. The signature covers the raw body; without a secret nothing is taken. Statuses are
 * chosen so that PagerDuty repeats what was not our answer (503), and nothing else.
 *
 * @see https://developer.pagerduty.com/docs/verifying-webhook-signatures (checked 2026-11-21): header
 * `X-PagerDuty-Signature`, comma-separated `v1=<hex HMAC-SHA256 of the body>`, one of which must match.
 */
export function createPagerDutyRespond({ desk, secrets, clock }: PagerDutyOptions): Respond {
  return async (request, response) => {
    if (request.method !== 'POST') {
      sendProblem(response, 405, { error: 'only POST is understood here' });
      return;
    }
    const read = await readBody(request, BODY_LIMIT);
    if (!read.ok) {
      sendProblem(response, read.status, { error: read.problem });
      return;
    }
    const header = request.headers['x-pagerduty-signature'];
    if (!isSigned(read.body, String(header ?? ''), secrets)) {
      sendProblem(response, 403, {
        error: 'the signature is missing or wrong',
        hint: 'set pagerDuty.webhookSecrets in tokenmeter.yaml to the secret of the subscription',
      });
      return;
    }
    const parsed = payload.safeParse(parseJson(read.body));
    const open = desk();
    if (!parsed.success) sendProblem(response, 400, { error: 'the body is no v3 webhook' });
    else if (open === undefined) sendProblem(response, 503, { error: 'no worker runs yet' });
    else {
      const answer = take(parsed.data, open, clock());
      response.writeHead(200, { 'content-type': 'application/json' });
      response.end(JSON.stringify(answer));
    }
  };
}

function isSigned(body: Buffer, header: string, secrets: readonly string[]): boolean {
  const given = header
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part.startsWith('v1='))
    .map((part) => Buffer.from(part.slice(3)));
  return secrets.some((secret) => {
    const wanted = Buffer.from(createHmac('sha256', secret).update(body).digest('hex'));
    return given.some((one) => one.length === wanted.length && timingSafeEqual(one, wanted));
  });
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'));
  } catch {
    return undefined;
  }
}

/** What we did; events that say nothing to us are taken and left. */
function take(
  { event }: z.infer<typeof payload>,
  desk: IncidentDesk,
  epochMs: number,
): { readonly taken: boolean; readonly reason?: string } {
  const kind = KINDS[event.event_type];
  const incidentId = event.data?.incident_key;
  if (kind === undefined) return { taken: false, reason: `${event.event_type} means nothing here` };
  if (!incidentId) return { taken: false, reason: 'the incident is not ours' };
  const actor = `${event.agent?.summary ?? 'somebody'} (PagerDuty)`;
  // Ids are compared whole here: a beginning would name another incident.
  if (desk.show(incidentId)?.incidentId !== incidentId) {
    return { taken: false, reason: 'the incident is not ours' };
  }
  const answer = desk.act(incidentId, { kind, epochMs, actor });
  return answer.ok ? { taken: true } : { taken: false, reason: answer.problem };
}

const KINDS: Readonly<Partial<Record<string, Exclude<IncidentCommand['kind'], 'snooze'>>>> = {
  'incident.acknowledged': 'acknowledge',
  'incident.resolved': 'resolve',
};
