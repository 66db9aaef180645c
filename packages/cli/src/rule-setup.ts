import {
  type CoverageRule,
  type HourOfWeek,
  type PipelineGapRule,
  type PlannedEvent,
  parseRuleSettings,
  type Rule,
  type RuleSettings,
  rulesOf,
} from '@tokenmeter/anomaly';
import { type Calendar, createCalendar } from '@tokenmeter/worker';
import type { TokenmeterConfig } from './config/tokenmeter-config.ts';
import { CommandError } from './io.ts';

/** What decides what is unusual: spread it into the options of a worker. */
export interface RuleSetup {
  readonly rules: readonly Rule[];
  readonly coverageRule: CoverageRule;
  readonly pipelineRule: PipelineGapRule;
  readonly hourOfWeek: HourOfWeek;
  readonly plannedEvents: readonly PlannedEvent[];
}

/** The parts of a configuration that rules need. */
export type RuleConfig = Pick<TokenmeterConfig, 'rules' | 'budgets' | 'holidays' | 'plannedEvents'>;

/** Reads rules, budgets, holidays and planned events. Throws a `CommandError` that lists every problem. */
export async function createRuleSetup(
  config: Partial<RuleConfig>,
  timeZone: string,
): Promise<RuleSetup> {
  const settings = readSettings(config);
  const calendar = await readCalendar(config, timeZone);
  return {
    rules: rulesOf(settings, calendar),
    coverageRule: settings.coverage,
    pipelineRule: settings.pipelineGap,
    hourOfWeek: calendar.hourOfWeek,
    plannedEvents: (config.plannedEvents ?? []).map(
      ({ from, to, service, environment, feature }) => ({
        fromEpochMs: from,
        toEpochMs: to,
        labels: {
          ...(service !== undefined && { service }),
          ...(environment !== undefined && { environment }),
          ...(feature !== undefined && { feature }),
        },
      }),
    ),
  };
}

/** Limit of everything that is spent in a calendar month; undefined without such a budget. */
export function monthBudgetOf({ rules }: Pick<RuleSetup, 'rules'>): number | undefined {
  for (const rule of rules) {
    if (rule.name !== 'budget' || rule.isEnabled === false || rule.period !== 'month') continue;
    if (Object.values(rule.labels).every((label) => label === undefined)) return rule.limitUsd;
  }
  return undefined;
}

function readSettings(config: Partial<RuleConfig>): RuleSettings {
  const written = isRecord(config.rules) ? config.rules : {};
  const own: readonly unknown[] = Array.isArray(written.budgets) ? written.budgets : [];
  const further = (config.budgets ?? []).map(({ name: _, ...budget }) => definedOnly(budget));
  const hasBudgets = written.budgets !== undefined || further.length > 0;
  const isList = written.budgets === undefined || Array.isArray(written.budgets);
  const value =
    hasBudgets && isList ? { ...written, budgets: [...own, ...further] } : (config.rules ?? {});
  const parsed = parseRuleSettings(value);
  if (parsed.ok) return parsed.settings;
  const lines = parsed.problems.map(
    ({ path, problem }) => `rules${path === '' ? '' : `.${path}`}: ${problem}`,
  );
  throw new CommandError(lines.join('\n  '), {
    hint: 'the README of @tokenmeter/anomaly describes every rule and its gates',
    exitCode: 2,
  });
}

async function readCalendar(config: Partial<RuleConfig>, timeZone: string): Promise<Calendar> {
  try {
    return await createCalendar({ timeZone, holidays: config.holidays });
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`holidays: ${reason}`, { exitCode: 2, cause: error });
  }
}

function definedOnly(value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined));
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
