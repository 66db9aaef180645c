import { z } from 'zod';
import { duration, instant, nameText, oneOrMore, timeOfDay } from './schema-parts.ts';
import type { RoutingConfig } from './tokenmeter-config.ts';

const severities = z.enum(['info', 'warning', 'critical']);
const rules = z.enum([
  'volume',
  'cost_per_request',
  'cache_hit_rate',
  'model_drift',
  'budget',
  'slow_burn',
  'unpriced',
  'coverage',
  'pipeline_gap',
]);

function listOf<T extends z.ZodType>(one: T, words: string) {
  return z.union([one.transform((value) => [value]), z.array(one).min(1)], {
    error: `expected ${words}, or a list of them`,
  });
}

const incidentMatch = z.strictObject({
  severity: listOf(severities, 'info, warning or critical').optional(),
  rule: listOf(rules, `one of ${rules.options.join(', ')}`).optional(),
  service: oneOrMore.optional(),
  environment: oneOrMore.optional(),
  feature: oneOrMore.optional(),
  team: oneOrMore.optional(),
  model: oneOrMore.optional(),
});

const groupLabel = z.enum(['rule', 'severity', 'service', 'environment', 'feature', 'team']);
const weekday = z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']);

const quietHours = z.strictObject({
  days: z.array(weekday).min(1).optional().describe('Days on which it begins; default: every day'),
  from: timeOfDay.describe('Such as 20:00; equal to `to` means the whole day'),
  to: timeOfDay.describe('Before `from` it means the next morning'),
  timeZone: z.string().optional().describe('Default: timeZone of the file'),
});

const route = z.strictObject({
  name: nameText.optional(),
  match: incidentMatch.default({}).describe('Without it the route takes everything'),
  channels: z.array(nameText),
  continue: z.boolean().default(false).describe('Whether later routes are looked at too'),
  groupBy: z.array(groupLabel).optional().describe('Default: service, environment'),
  groupWait: duration.optional().describe('Default 0s: one evaluation finds everything at once'),
  groupInterval: duration.optional().describe('Default 5m'),
  repeatInterval: z
    .union([duration, z.literal('never')])
    .optional()
    .describe('Default 4h'),
  quietHours: z.array(nameText).default([]).describe('Names from quietHours; warnings wait there'),
  digest: timeOfDay.optional().describe('What is not critical goes out once a day, at this time'),
  escalation: nameText.optional().describe('Name from escalations'),
});

const escalationStep = z.strictObject({
  after: duration.describe('Time without an acknowledgement'),
  channels: z.array(nameText).min(1),
  note: z
    .string()
    .max(500)
    .optional()
    .describe('Such as <!here> or @oncall, as the channel reads it'),
});

const inhibition = z.strictObject({
  source: incidentMatch,
  target: incidentMatch,
  equal: z.array(groupLabel).default([]),
});

const mute = z.strictObject({
  match: incidentMatch,
  from: instant.optional(),
  until: instant,
  reason: z.string().max(200).optional(),
});

const advice = z.strictObject({
  enabled: z.boolean().default(true),
  after: duration.optional(),
  action: nameText.optional().describe('Name from actions, called once; without it only words'),
});

/** Sections about who is told what, when. Plain shapes: references between them are checked apart. */
export const ROUTING_SECTIONS: {
  readonly [Key in keyof Required<RoutingConfig>]: z.ZodType<RoutingConfig[Key]>;
} = {
  routes: z
    .array(route)
    .default([])
    .describe('First fit wins. Without routes every channel is told everything'),
  fallbackChannel: nameText.optional().describe('Told what another channel could not deliver'),
  quietHours: z.record(nameText, quietHours).default({}),
  escalations: z.record(nameText, z.array(escalationStep).min(1)).default({}),
  inhibit: z.array(inhibition).default([]).describe('Beside the built-in ones'),
  builtInInhibition: z.boolean().default(true),
  mutes: z.array(mute).default([]),
  advice: z
    .strictObject({
      volume: advice.optional().describe('Still growing after 10m: rate limit or feature flag'),
      costPerRequest: advice.optional().describe('No cause named after 15m: roll back'),
      cacheHitRate: advice
        .optional()
        .describe('Below 50 % for 1h: switch caching optimisation off'),
    })
    .default({}),
};
