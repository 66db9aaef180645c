import { writeFile } from 'node:fs/promises';
import { PAGERDUTY_KEY, SLACK_CHANNEL, SLACK_TOKEN, type Standins } from './standins.ts';

/** A configuration on disk, and the secrets that it names. */
export interface WrittenConfig {
  readonly path: string;
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Writes a tokenmeter.yaml that tells Slack, PagerDuty and mail of every incident at once. The stand-ins are on this
 * machine, which has to be allowed.
 */
export async function writeChannelConfig(
  path: string,
  { apiUrl, smtpPort }: Pick<Standins, 'apiUrl' | 'smtpPort'>,
): Promise<WrittenConfig> {
  const text = `allowPrivateAddresses: ["127.0.0.1"]
channels:
  slack: { type: slack, botToken: { env: DEMO_SLACK_TOKEN }, channel: "${SLACK_CHANNEL}", apiUrl: "${apiUrl}/api" }
  pagerduty: { type: pagerduty, routingKey: { env: DEMO_PAGERDUTY_KEY }, apiUrl: "${apiUrl}" }
  mail: { type: email, host: 127.0.0.1, port: ${smtpPort}, security: none, from: Tokenmeter <alerts@example.com>, to: on-call@example.com }
routes:
  - name: everybody
    channels: [slack, pagerduty, mail]
    groupBy: [rule, service, feature]
    groupWait: 0s
`;
  await writeFile(path, text);
  return { path, env: { DEMO_SLACK_TOKEN: SLACK_TOKEN, DEMO_PAGERDUTY_KEY: PAGERDUTY_KEY } };
}
