/**
 * A first tokenmeter.yaml. It is valid as it stands; lines that begin with `#:` are valid too once these two characters
 * are gone, which a test does to all of them.
 */
export function renderStarter(): string {
  return STARTER;
}

const STARTER = `# What Tokenmeter watches, and who is told. Everything is optional; take away #: where you want something.
# tokenmeter config check says what is wrong, tokenmeter alerts test proves the channels.

# Zone of days, quiet hours and times in alerts. Default: the one of this machine.
#:timeZone: Europe/Berlin

# Where people reach the page, if others than you do: alerts link to it.
#:baseUrl: https://tokenmeter.example.com

# What may be spent. The page shows the month's budget of everything, with where the month ends.
budgets:
  - { name: everything, limitUsd: 1000, period: month }
#:  - { name: smart reply, limitUsd: 50, period: day, service: shop, feature: smart-reply }

# Who is told. Secrets are named, never written: { env: NAME } or { file: PATH }.
# Without a channel, alerts go to standard output and to the page.
#:channels:
#:  team-chat: { type: slack, webhookUrl: { env: SLACK_WEBHOOK_URL } }
#:  on-call: { type: pagerduty, routingKey: { env: PAGERDUTY_ROUTING_KEY } }
#:  mail:
#:    type: email
#:    host: smtp.example.com
#:    user: alerts
#:    password: { env: SMTP_PASSWORD }
#:    from: Tokenmeter <alerts@example.com>
#:    to: [team@example.com]

# The first route that fits takes an alert. Without routes, every channel is told everything.
#:routes:
#:  - { match: { severity: critical }, channels: [on-call, team-chat] }
#:  - { match: { severity: [warning, info] }, channels: [team-chat], quietHours: [nights] }
#:quietHours:
#:  nights: { from: 20:00, to: 08:00 }
#:fallbackChannel: mail

# What is unusual, beside the evidence and the money that each rule asks for. These are the defaults.
rules:
  volume: { warningRatio: 1.5, criticalRatio: 2.5 }
  cost_per_request: { warningRatio: 1.5, criticalRatio: 2 }
  cache_hit_rate: { warningRate: 0.6, criticalRate: 0.4 }

# How long the ledger keeps single calls, and usage by minute.
#:ledger: { keepCalls: 90d, keepUsage: 400d }
`;
