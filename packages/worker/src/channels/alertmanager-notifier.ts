import type { Delivery, Notice, Notifier } from '../ports.ts';
import { type AlertContent, describeAlert, RULE_WORDS, renderWhy } from './describe-alert.ts';
import { parseHttpUrl } from './http-url.ts';
import { judgeStatus, post } from './post.ts';

/** An Alertmanager. */
export interface AlertmanagerOptions {
  /** Base URL, with the route prefix if there is one. */
  readonly url: string;
  readonly name?: string;
  readonly timeZone?: string;
  readonly timeoutSeconds?: number;
  readonly bearerToken?: string;
  /** Labels added to every alert. */
  readonly labels?: Readonly<Record<string, string>>;
  readonly isPrivateAllowed?: boolean;
  readonly now?: () => number;
}

/** One alert as Alertmanager takes it. */
interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

const RESEND_MS = 60_000;
/** An alert that is not sent again for so long is over for Alertmanager: a few lost turns do not end it. */
const VALID_MS = 5 * RESEND_MS;
/** A resolved alert is sent for so long, so that an Alertmanager that was away hears of it. */
const KEEP_RESOLVED_MS = 15 * RESEND_MS;
const SEVERITIES = ['info', 'warning', 'critical'] as const;

/**
 * Creates the channel that sends alerts to Alertmanager's API v2, again each minute until they are resolved and for a
 * quarter of an hour after that. Labels are the identity (`alertname`, rule, severity and what it concerns); when the
 * severity changes, the alert of the former one is resolved. Alertmanager's own silences and routes apply.
 *
 * @see https://github.com/prometheus/alertmanager/blob/main/api/v2/openapi.yaml (checked 2026-11-21)
 */
export function createAlertmanagerNotifier(options: AlertmanagerOptions): Notifier {
  const { name = 'alertmanager', timeZone = 'UTC', timeoutSeconds = 15, now = Date.now } = options;
  const base = parseHttpUrl(options.url, 'Alertmanager');
  const url = new URL(`${base.href.replace(/\/+$/, '')}/api/v2/alerts`);
  const deliver = async (notices: readonly Notice[], signal: AbortSignal): Promise<Delivery> => {
    const at = now();
    const alerts = notices.flatMap((notice) =>
      alertsOf(notice, describeAlert(notice, timeZone), { ...options, epochMs: at }),
    );
    const { bearerToken } = options;
    const result = await post({
      url,
      headers: {
        'content-type': 'application/json',
        ...(bearerToken === undefined ? {} : { authorization: `Bearer ${bearerToken}` }),
      },
      body: JSON.stringify(alerts),
      signal,
      timeoutMs: timeoutSeconds * 1000,
      isPrivateAllowed: options.isPrivateAllowed ?? true,
    });
    return judgeStatus(result);
  };
  return {
    name,
    send: (notice, signal) => deliver([notice], signal),
    refresh: {
      everyMs: RESEND_MS,
      keepResolvedMs: KEEP_RESOLVED_MS,
      send: (open, signal) =>
        open.length === 0 ? Promise.resolve({ outcome: 'delivered' }) : deliver(open, signal),
    },
  };
}

function alertsOf(
  notice: Notice,
  content: AlertContent,
  context: AlertmanagerOptions & { readonly epochMs: number },
): PostableAlert[] {
  const { epochMs } = context;
  const isOver = notice.transition === 'resolved';
  const endedEpochMs = Math.min(notice.resolvedEpochMs ?? notice.epochMs, epochMs);
  const page = content.links.find(({ kind }) => kind === 'page');
  const alert = (severity: Notice['severity'], endEpochMs: number): PostableAlert => ({
    labels: labelsOf(notice, severity, context.labels),
    annotations: annotationsOf(notice, content),
    startsAt: new Date(Math.min(notice.startedEpochMs, endEpochMs)).toISOString(),
    endsAt: new Date(endEpochMs).toISOString(),
    ...(page === undefined ? {} : { generatorURL: page.url }),
  });
  const present = alert(notice.severity, isOver ? endedEpochMs : epochMs + VALID_MS);
  const hasChanged = notice.transition === 'escalated' || notice.transition === 'updated';
  if (!hasChanged) return [present];
  const former = SEVERITIES.filter((severity) => severity !== notice.severity);
  return [present, ...former.map((severity) => alert(severity, epochMs))];
}

function labelsOf(
  notice: Notice,
  severity: Notice['severity'],
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { rule, labels } = notice.finding;
  const isTest = notice.transition === 'test';
  const all: Record<string, string | undefined> = {
    ...labels,
    ...added,
    alertname: isTest ? 'TokenmeterTest' : `Tokenmeter${pascalCase(RULE_WORDS[rule])}`,
    rule,
    severity,
  };
  const defined: Record<string, string> = {};
  for (const [key, value] of Object.entries(all)) {
    if (value !== undefined && value !== '') defined[key] = value;
  }
  return defined;
}

function annotationsOf(notice: Notice, content: AlertContent): Record<string, string> {
  const urls = content.links.map(({ kind, url }) => [`${kind}_url`, url] as const);
  const { news, note, why } = content;
  return {
    summary: content.title,
    description: [
      ...[news, note].filter((one) => one !== undefined),
      ...content.facts.map(({ name, value }) => `${name}: ${value}`),
    ].join('\n'),
    ...(why === undefined ? {} : { why: renderWhy(why) }),
    incident: notice.incidentId,
    ...Object.fromEntries(urls),
  };
}

function pascalCase(words: string): string {
  return words.replaceAll(/(?:^|\s)(\w)/g, (_, letter: string) => letter.toUpperCase());
}
