import { CHANNEL_SCHEMA } from '@tokenmeter/worker';
import { z } from 'zod';
import { ROUTING_SECTIONS } from './route-schema.ts';
import {
  calendarDay,
  duration,
  httpUrl,
  instant,
  nameText,
  secretReference,
} from './schema-parts.ts';
import type { TokenmeterConfig } from './tokenmeter-config.ts';

const holidays = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, 'expected two capital letters such as DE'),
  state: z.string().optional().describe('As date-holidays names it, such as BE'),
  region: z.string().optional(),
  days: z.array(calendarDay).default([]).describe('Further days that count as Sunday'),
});

const plannedEvent = z.strictObject({
  name: z.string().min(1).max(100),
  from: instant,
  to: instant,
  service: z.string().min(1).optional(),
  environment: z.string().min(1).optional(),
  feature: z.string().min(1).optional(),
});

const budget = z.strictObject({
  name: z.string().min(1).max(100).optional(),
  limitUsd: z.number().positive(),
  period: z.enum(['day', 'week', 'month']),
  service: z.string().min(1).optional(),
  environment: z.string().min(1).optional(),
  feature: z.string().min(1).optional(),
  infoShare: z.number().positive().max(1).optional(),
  warningShare: z.number().positive().max(1).optional(),
});

const action = z.strictObject({
  url: httpUrl,
  secret: secretReference.describe('Standard Webhooks secret: whsec_ and base64'),
});

const heartbeat = z.strictObject({
  url: z.union([httpUrl, secretReference], {
    error: 'expected a URL, or { env } or { file } of it',
  }),
  method: z.enum(['GET', 'POST']).default('GET'),
  timeout: duration.default(10_000),
});

const DAY_MS = 86_400_000;
const days = duration.refine((keptMs) => keptMs >= DAY_MS, 'expected at least 1d');

const ledger = z.strictObject({
  keepCalls: days.optional().describe('Single calls; default: 90d'),
  keepUsage: days.optional().describe('Usage by minute; default: 400d'),
});

const worker = z.strictObject({
  statePath: z.string().min(1).optional().describe('Default: worker.sqlite in the data folder'),
  lookbackDays: z.number().int().min(1).max(400).optional(),
  evaluationSeconds: z.number().int().min(10).max(3600).optional(),
  shard: z.string().min(1).max(63).optional(),
});

/** The shape of tokenmeter.yaml. `sources` and `rules` are checked by the packages that read them. */
export const CONFIG_SCHEMA: z.ZodType<TokenmeterConfig> = z.strictObject({
  $schema: z.string().optional(),
  timeZone: z.string().optional().describe('IANA name; default: that of the machine'),
  baseUrl: httpUrl
    .optional()
    .describe('Address of the page as people reach it, for links in alerts'),
  dashboardUrl: httpUrl.optional().describe('Dashboard that alerts link to'),
  imageUrl: httpUrl.optional().describe('Picture that PagerDuty shows, such as a rendered panel'),
  holidays: holidays.optional(),
  plannedEvents: z.array(plannedEvent).default([]),
  source: z.unknown().optional().describe('One source of usage; default: the embedded ledger'),
  sources: z.array(z.unknown()).optional(),
  rules: z.unknown().optional(),
  budgets: z.array(budget).default([]),
  channels: z.record(nameText, CHANNEL_SCHEMA).default({}),
  ...ROUTING_SECTIONS,
  actions: z.record(nameText, action).default({}),
  heartbeat: heartbeat.optional(),
  pagerDuty: z
    .strictObject({ webhookSecrets: z.array(secretReference).min(1).max(5) })
    .optional()
    .describe('Webhook subscriptions of PagerDuty that acknowledge and resolve here'),
  allowPrivateAddresses: z
    .array(z.string().min(1))
    .default([])
    .describe('Hosts with a private address that webhooks may reach'),
  ledger: ledger.default({}),
  worker: worker.default({}),
});
