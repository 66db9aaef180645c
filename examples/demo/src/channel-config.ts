import { writeFile } from 'node:fs/promises';
import {
  type ChannelReceivers,
  PAGERDUTY_KEY,
  SLACK_CHANNEL,
  SLACK_TOKEN,
} from './channel-receivers.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

/** A configuration on disk, and the secrets that it names. */
export interface WrittenConfig {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Writes a tokenmeter.yaml that tells Slack, PagerDuty, mail, a signed webhook and standard output of every incident at
 * once. The stand-ins are on this machine, which has to be allowed.
 */
export async function writeChannelConfig(
  path: string,
  {
    receivers,
    webhook,
  }: { readonly receivers: ChannelReceivers; readonly webhook: WebhookReceiver },
): Promise<WrittenConfig> {
  const { apiUrl, smtpPort } = receivers;
  const text = `allowPrivateAddresses: ["127.0.0.1"]
channels:
  out: { type: stdout, format: json }
  slack: { type: slack, botToken: { env: DEMO_SLACK_TOKEN }, channel: "${SLACK_CHANNEL}", apiUrl: "${apiUrl}/api" }
  pagerduty: { type: pagerduty, routingKey: { env: DEMO_PAGERDUTY_KEY }, apiUrl: "${apiUrl}" }
  mail: { type: email, host: 127.0.0.1, port: ${smtpPort}, security: none, from: Tokenmeter <alerts@example.com>, to: on-call@example.com }
  webhook: { type: webhook, url: "${webhook.url}", secret: { env: DEMO_WEBHOOK_SECRET } }
routes:
  - name: everybody
    channels: [out, slack, pagerduty, mail, webhook]
    groupBy: [rule, service, feature, model]
    groupWait: 0s
`;
  await writeFile(path, text);
  return {
    path,
    env: {
      DEMO_SLACK_TOKEN: SLACK_TOKEN,
      DEMO_PAGERDUTY_KEY: PAGERDUTY_KEY,
      DEMO_WEBHOOK_SECRET: webhook.secret,
    },
  };
}
