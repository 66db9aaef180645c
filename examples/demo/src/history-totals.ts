import {
  CALLS,
  COST,
  genAi,
  general,
  type MetricSpec,
  TOKENS,
  tokenmeter,
} from '@tokenmeter/semconv';
import { FEATURE_TABLE, type Feature, type FeatureName } from './features.ts';
import { type OtlpValue, renderAttributes } from './otlp-json.ts';

/** Classes of tokens that the demo's calls have. */
export const CLASSES = ['input', 'cache_read', 'output'] as const;

/** One of them. */
export type DemoClass = (typeof CLASSES)[number];

/** What calls count for, money in integer pico-USD. */
export interface CountedCalls {
  readonly calls: number;
  /** Calls with cached input. */
  readonly hits: number;
  readonly tokens: Readonly<Record<DemoClass, number>>;
  readonly picoUsd: Readonly<Record<DemoClass, number>>;
}

interface Counter {
  readonly spec: MetricSpec;
  /** Attributes of the data points as rendered OTLP/JSON. */
  readonly attributes: string;
  /** Adds up in integers: calls, tokens or pico-USD. */
  total: number;
}

interface FeatureCounters {
  readonly hits: Counter;
  readonly misses: Counter;
  readonly tokens: Readonly<Record<DemoClass, Counter>>;
  readonly cost: Readonly<Record<DemoClass, Counter>>;
}

/** A cumulative counter at some instant. */
export interface CounterReading {
  readonly spec: MetricSpec;
  readonly attributes: string;
  /** In the metric's unit. */
  readonly value: number;
}

const PICO_PER_USD = 1e12;

/** The money counters of an application that has been up since the history began. */
export class HistoryTotals {
  readonly #features: Readonly<Record<FeatureName, FeatureCounters>>;
  readonly #all: Counter[] = [];

  constructor(costSource: string) {
    const counters = (name: FeatureName): FeatureCounters =>
      this.#countersOf(FEATURE_TABLE[name], costSource);
    this.#features = {
      'smart-reply': counters('smart-reply'),
      summarize: counters('summarize'),
      'search-answers': counters('search-answers'),
      triage: counters('triage'),
    };
  }

  add(feature: FeatureName, counted: CountedCalls): void {
    const counters = this.#features[feature];
    counters.hits.total += counted.hits;
    counters.misses.total += counted.calls - counted.hits;
    for (const name of CLASSES) {
      counters.tokens[name].total += counted.tokens[name];
      counters.cost[name].total += counted.picoUsd[name];
    }
  }

  /** Every counter that has counted something. */
  readings(): readonly CounterReading[] {
    return this.#all
      .filter((counter) => counter.total > 0)
      .map(({ spec, attributes, total }) => ({
        spec,
        attributes,
        value: spec === COST ? total / PICO_PER_USD : total,
      }));
  }

  #countersOf(feature: Feature, costSource: string): FeatureCounters {
    const counter = (spec: MetricSpec, own: Readonly<Record<string, OtlpValue>>): Counter => {
      const attributes = renderAttributes({ ...labelsOf(feature), ...own });
      const created = { spec, attributes, total: 0 };
      this.#all.push(created);
      return created;
    };
    const calls = (cache: string): Counter =>
      counter(CALLS, {
        [tokenmeter.outcome]: 'ok',
        [tokenmeter.cache]: cache,
        [tokenmeter.retry]: false,
      });
    const tokens = (name: DemoClass): Counter => counter(TOKENS, { [tokenmeter.tokenClass]: name });
    const cost = (name: DemoClass): Counter =>
      counter(COST, { [tokenmeter.costClass]: name, [tokenmeter.costSource]: costSource });
    return {
      hits: calls('hit'),
      misses: calls('miss'),
      tokens: {
        input: tokens('input'),
        cache_read: tokens('cache_read'),
        output: tokens('output'),
      },
      cost: { input: cost('input'), cache_read: cost('cache_read'), output: cost('output') },
    };
  }
}

/** Attributes that the money counters of a feature carry, as the instrumentation writes them. */
export function labelsOf(feature: Feature): Readonly<Record<string, OtlpValue>> {
  return {
    [genAi.operationName]: 'chat',
    [genAi.providerName]: feature.provider,
    [genAi.requestModel]: feature.model,
    [genAi.responseModel]: feature.servedModel,
    [tokenmeter.feature]: feature.name,
    [tokenmeter.team]: feature.team,
    [general.httpRoute]: feature.route,
    [genAi.promptVersion]: 'v1',
  };
}
