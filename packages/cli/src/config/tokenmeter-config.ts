import type { ChannelConfig, GroupLabel, IncidentMatch } from '@tokenmeter/worker';
import type { SecretReference } from './schema-parts.ts';

/** Days that count as Sunday. */
interface HolidaysConfig {
  /** Two capital letters, as `date-holidays` names countries. */
  readonly country: string;
  readonly state?: string | undefined;
  readonly region?: string | undefined;
  /** Further days, as `YYYY-MM-DD`. */
  readonly days: readonly string[];
}

/** A time in which more than usual is expected. */
interface PlannedEventConfig {
  readonly name: string;
  /** Epoch milliseconds. */
  readonly from: number;
  readonly to: number;
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly feature?: string | undefined;
}

/** A limit of spend. */
interface BudgetConfig {
  readonly name?: string | undefined;
  readonly limitUsd: number;
  readonly period: 'day' | 'week' | 'month';
  readonly service?: string | undefined;
  readonly environment?: string | undefined;
  readonly feature?: string | undefined;
  readonly infoShare?: number | undefined;
  readonly warningShare?: number | undefined;
}

/** One entry of `routes`. Times in milliseconds, `digest` in minutes since midnight. */
export interface RouteConfig {
  readonly name?: string | undefined;
  readonly match: IncidentMatchConfig;
  readonly channels: readonly string[];
  readonly continue: boolean;
  readonly groupBy?: readonly GroupLabel[] | undefined;
  readonly groupWait?: number | undefined;
  readonly groupInterval?: number | undefined;
  readonly repeatInterval?: number | 'never' | undefined;
  readonly quietHours: readonly string[];
  readonly digest?: number | undefined;
  readonly escalation?: string | undefined;
}

/** `IncidentMatch` as a parser leaves it: keys may be there and undefined. */
export type IncidentMatchConfig = {
  readonly [Key in keyof IncidentMatch]: IncidentMatch[Key] | undefined;
};

/** One entry of `quietHours`. Times in minutes since midnight. */
export interface QuietHoursConfig {
  readonly days?: readonly ('mon' | 'tue' | 'wed' | 'thu' | 'fri' | 'sat' | 'sun')[] | undefined;
  readonly from: number;
  readonly to: number;
  readonly timeZone?: string | undefined;
}

/** One step of an entry of `escalations`. */
interface EscalationStepConfig {
  readonly after: number;
  readonly channels: readonly string[];
  readonly note?: string | undefined;
}

/** How one rule's advice is given. */
export interface AdviceConfig {
  readonly enabled: boolean;
  readonly after?: number | undefined;
  readonly action?: string | undefined;
}

/** Sections about who is told what, when. */
export interface RoutingConfig {
  readonly routes: readonly RouteConfig[];
  readonly fallbackChannel?: string | undefined;
  readonly quietHours: Readonly<Record<string, QuietHoursConfig>>;
  readonly escalations: Readonly<Record<string, readonly EscalationStepConfig[]>>;
  readonly inhibit: readonly {
    readonly source: IncidentMatchConfig;
    readonly target: IncidentMatchConfig;
    readonly equal: readonly GroupLabel[];
  }[];
  readonly builtInInhibition: boolean;
  readonly mutes: readonly {
    readonly match: IncidentMatchConfig;
    readonly from?: number | undefined;
    readonly until: number;
    readonly reason?: string | undefined;
  }[];
  readonly advice: {
    readonly volume?: AdviceConfig | undefined;
    readonly costPerRequest?: AdviceConfig | undefined;
    readonly cacheHitRate?: AdviceConfig | undefined;
  };
}

/** What a tokenmeter.yaml says, with its texts read: times in milliseconds, instants in epoch milliseconds. */
export interface TokenmeterConfig extends RoutingConfig {
  /** IANA name. */
  readonly timeZone?: string | undefined;
  /** Address of the page as people reach it; undefined: links in alerts lead to this machine, or nowhere. */
  readonly baseUrl?: string | undefined;
  readonly dashboardUrl?: string | undefined;
  readonly imageUrl?: string | undefined;
  readonly holidays?: HolidaysConfig | undefined;
  readonly plannedEvents: readonly PlannedEventConfig[];
  /** As written; read by the worker's sources. */
  readonly source?: unknown;
  readonly sources?: readonly unknown[] | undefined;
  /** As written; read by the settings of the rules. */
  readonly rules?: unknown;
  readonly budgets: readonly BudgetConfig[];
  readonly channels: Readonly<Record<string, ChannelConfig>>;
  readonly actions: Readonly<
    Record<string, { readonly url: string; readonly secret: SecretReference }>
  >;
  readonly heartbeat?:
    | {
        readonly url: string | SecretReference;
        readonly method: 'GET' | 'POST';
        readonly timeout: number;
      }
    | undefined;
  /** What PagerDuty tells us: secrets of its webhook subscriptions, two while one is replaced. */
  readonly pagerDuty?: { readonly webhookSecrets: readonly SecretReference[] } | undefined;
  readonly allowPrivateAddresses: readonly string[];
  /** How long the embedded ledger keeps what it holds, in milliseconds. */
  readonly ledger: {
    readonly keepCalls?: number | undefined;
    readonly keepUsage?: number | undefined;
  };
  readonly worker: {
    readonly statePath?: string | undefined;
    readonly lookbackDays?: number | undefined;
    readonly evaluationSeconds?: number | undefined;
    readonly shard?: string | undefined;
  };
}
