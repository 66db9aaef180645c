import type { Received } from './standins.ts';

const NAMES: Readonly<Record<Received['channel'], string>> = {
  slack: 'Slack, one message per incident',
  pagerduty: 'PagerDuty, Events API v2',
  mail: 'mail, by SMTP',
};
const MOST_LINES = 12;

/** Renders what each stand-in received, for people. */
export function renderChannelReport(
  received: readonly Received[],
  signedWebhooks: readonly string[],
): readonly string[] {
  const lines = (['slack', 'pagerduty', 'mail'] as const).flatMap((channel) => {
    const headlines = received.filter((one) => one.channel === channel);
    return section(
      NAMES[channel],
      headlines.map(({ headline }) => headline),
    );
  });
  return [...lines, ...section('webhook, signatures verified', signedWebhooks)];
}

function section(name: string, headlines: readonly string[]): string[] {
  const shown = headlines.slice(0, MOST_LINES).map((headline) => `    ${headline}`);
  const hidden = headlines.length - shown.length;
  return [
    `  ${name}: ${headlines.length} received`,
    ...shown,
    ...(hidden > 0 ? [`    and ${hidden} more`] : []),
  ];
}
