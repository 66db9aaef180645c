import { isObject, readGates, renderPath, type Sink } from './read-gates.ts';
import {
  type BudgetSetting,
  DEFAULT_RULE_SETTINGS,
  type RuleSettings,
  type SettingProblem,
} from './rule-settings.ts';
import type { LabelMatch, RuleOverride } from './rules.ts';

/** Settings, or every problem with them. */
export type ParsedRuleSettings =
  | { readonly ok: true; readonly settings: RuleSettings }
  | { readonly ok: false; readonly problems: readonly SettingProblem[] };

const RULES = {
  volume: 'volume',
  cost_per_request: 'costPerRequest',
  cache_hit_rate: 'cacheHitRate',
  model_drift: 'modelDrift',
  unpriced: 'unpriced',
  slow_burn: 'slowBurn',
  coverage: 'coverage',
  pipeline_gap: 'pipelineGap',
} as const;
type Section = keyof typeof RULES;
type Overridable = Exclude<Section, 'pipeline_gap'>;

const OVERRIDABLE: readonly Overridable[] = [
  'volume',
  'cost_per_request',
  'cache_hit_rate',
  'model_drift',
  'unpriced',
  'slow_burn',
  'coverage',
];
/** What rules judge has these labels and no others. */
const LABELS = ['service', 'environment', 'feature'] as const;
const PERIODS = ['day', 'week', 'month'] as const;

/** Gates that must not be below one another, from low to high. */
const ASCENDING: readonly (readonly string[])[] = [
  ['clearRatio', 'warningRatio', 'criticalRatio'],
  ['lastingRatio', 'warningRatio'],
  ['criticalRate', 'warningRate'],
  ['warningShare', 'criticalShare'],
  ['warningMinutes', 'criticalMinutes'],
  ['warningEvidence', 'criticalEvidence'],
];

/**
 * Reads rule settings from parsed YAML or JSON; nothing, or an empty object, is the default.
 *
 * Keys are rule names, each with its gates (camelCase or snake_case) and `enabled`; `overrides` with a `match` of labels
 * (`*` stands for any text); and `budgets`. Unknown keys, values of another kind and gates that contradict each other are
 * problems, all of them, with their paths. Never throws.
 */
export function parseRuleSettings(value: unknown): ParsedRuleSettings {
  const problems: SettingProblem[] = [];
  const sink: Sink = (path, problem) => problems.push({ path: renderPath(path), problem });
  if (value === undefined || value === null) return { ok: true, settings: DEFAULT_RULE_SETTINGS };
  if (!isObject(value)) {
    return { ok: false, problems: [{ path: '', problem: 'expected rules by name' }] };
  }
  for (const key of Object.keys(value)) {
    if (key in RULES || key === 'overrides' || key === 'budgets') continue;
    sink([key], `unknown rule; there are ${Object.keys(RULES).join(', ')}, budgets, overrides`);
  }
  const base = readRules(value, sink);
  const settings = withOverrides(base, value.overrides, sink);
  const budgets = readBudgets(value.budgets, sink);
  return problems.length > 0
    ? { ok: false, problems }
    : { ok: true, settings: { ...settings, budgets } };
}

function readRules(value: Record<string, unknown>, sink: Sink): RuleSettings {
  const read = <R extends object>(name: Section, rule: R): R => {
    const section = value[name];
    if (section === undefined || section === null) return rule;
    const merged = { ...rule, ...readGates(section, rule, [name], sink) };
    checkAscending(merged, [name], sink);
    return merged;
  };
  const {
    volume,
    costPerRequest,
    cacheHitRate,
    modelDrift,
    unpriced,
    slowBurn,
    coverage,
    pipelineGap,
  } = DEFAULT_RULE_SETTINGS;
  return {
    volume: read('volume', volume),
    costPerRequest: read('cost_per_request', costPerRequest),
    cacheHitRate: read('cache_hit_rate', cacheHitRate),
    modelDrift: read('model_drift', modelDrift),
    unpriced: read('unpriced', unpriced),
    slowBurn: read('slow_burn', slowBurn),
    coverage: read('coverage', coverage),
    pipelineGap: read('pipeline_gap', pipelineGap),
    budgets: [],
  };
}

function checkAscending(rule: object, path: readonly (string | number)[], sink: Sink): void {
  const gates: Readonly<Record<string, unknown>> = { ...rule };
  for (const names of ASCENDING) {
    for (let index = 1; index < names.length; index += 1) {
      const [low = '', high = ''] = [names[index - 1], names[index]];
      const [a, b] = [gates[low], gates[high]];
      if (typeof a === 'number' && typeof b === 'number' && a > b) {
        sink([...path, low], `${low} (${a}) contradicts ${high} (${b}): expected at most as much`);
      }
    }
  }
}

interface Override {
  readonly match: LabelMatch;
  readonly sections: Readonly<Record<string, unknown>>;
}

function withOverrides(base: RuleSettings, value: unknown, sink: Sink): RuleSettings {
  if (value === undefined || value === null) return base;
  if (!Array.isArray(value)) {
    sink(['overrides'], 'expected a list');
    return base;
  }
  const overrides = value.map((one, index) => readOverride(one, ['overrides', index], sink));
  checkRepeats(overrides, sink);
  const add = <R extends object>(name: Overridable, rule: R): readonly RuleOverride<Partial<R>>[] =>
    overrides.flatMap((override, index) => {
      const section = override?.sections[name];
      if (override === undefined || section === undefined) return [];
      const path = ['overrides', index, name];
      const gates = readGates(section, rule, path, sink);
      checkAscending({ ...rule, ...gates }, path, sink);
      return [{ match: override.match, gates }];
    });
  const { volume, costPerRequest, cacheHitRate, modelDrift, unpriced, slowBurn, coverage } = base;
  return {
    ...base,
    volume: { ...volume, overrides: add('volume', volume) },
    costPerRequest: { ...costPerRequest, overrides: add('cost_per_request', costPerRequest) },
    cacheHitRate: { ...cacheHitRate, overrides: add('cache_hit_rate', cacheHitRate) },
    modelDrift: { ...modelDrift, overrides: add('model_drift', modelDrift) },
    unpriced: { ...unpriced, overrides: add('unpriced', unpriced) },
    slowBurn: { ...slowBurn, overrides: add('slow_burn', slowBurn) },
    coverage: { ...coverage, overrides: add('coverage', coverage) },
  };
}

function readOverride(
  value: unknown,
  path: readonly (string | number)[],
  sink: Sink,
): Override | undefined {
  if (!isObject(value)) {
    sink(path, 'expected match and rules');
    return undefined;
  }
  const { match, ...sections } = value;
  for (const key of Object.keys(sections)) {
    if (OVERRIDABLE.some((name) => name === key)) continue;
    sink([...path, key], `cannot be overridden; expected one of ${OVERRIDABLE.join(', ')}`);
  }
  if (!isObject(match) || Object.keys(match).length === 0) {
    sink([...path, 'match'], `expected at least one of ${LABELS.join(', ')}`);
    return undefined;
  }
  const labels: Partial<Record<(typeof LABELS)[number], string>> = {};
  for (const [key, pattern] of Object.entries(match)) {
    const label = LABELS.find((one) => one === key);
    if (label === undefined) sink([...path, 'match', key], `expected one of ${LABELS.join(', ')}`);
    else if (typeof pattern !== 'string' || pattern === '')
      sink([...path, 'match', key], 'expected a text');
    else labels[label] = pattern;
  }
  if (labels.feature !== undefined && sections.coverage !== undefined)
    sink([...path, 'coverage'], 'is judged by service: a feature matches nothing');
  return { match: labels, sections };
}

/** Two overrides for the same labels that set the same gate of the same rule to different values. */
function checkRepeats(overrides: readonly (Override | undefined)[], sink: Sink): void {
  const seen = new Map<string, { readonly index: number; readonly value: unknown }>();
  overrides.forEach((override, index) => {
    if (override === undefined) return;
    const match = JSON.stringify(
      Object.entries(override.match).sort(([a], [b]) => (a < b ? -1 : 1)),
    );
    for (const [name, section] of Object.entries(override.sections)) {
      if (!isObject(section)) continue;
      for (const [gate, value] of Object.entries(section)) {
        const key = `${match} ${name} ${gate}`;
        const known = seen.get(key);
        if (known !== undefined && JSON.stringify(known.value) !== JSON.stringify(value)) {
          sink(
            ['overrides', index, name, gate],
            `contradicts overrides[${known.index}], which has the same match`,
          );
        }
        seen.set(key, { index, value });
      }
    }
  });
}

const BUDGET_TEMPLATE = {
  limitUsd: 0,
  infoShare: 0.5,
  warningShare: 0.8,
  fastBurn: 14.4,
  slowBurn: 6,
};

function readBudgets(value: unknown, sink: Sink): BudgetSetting[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) {
    sink(['budgets'], 'expected a list');
    return [];
  }
  const seen = new Set<string>();
  return value.flatMap((one, index) => {
    const path = ['budgets', index];
    const budget = readBudget(one, path, sink);
    if (budget === undefined) return [];
    const identity = JSON.stringify([budget.period, budget.labels]);
    if (seen.has(identity)) sink(path, 'there is already a budget for the same and its period');
    seen.add(identity);
    return budget;
  });
}

function readBudget(
  value: unknown,
  path: readonly (string | number)[],
  sink: Sink,
): BudgetSetting | undefined {
  if (!isObject(value)) {
    sink(path, 'expected limitUsd and period');
    return undefined;
  }
  const { period, service, environment, feature, ...numbers } = value;
  const found = PERIODS.find((name) => name === period);
  if (found === undefined) sink([...path, 'period'], `expected one of ${PERIODS.join(', ')}`);
  const gates = { ...BUDGET_TEMPLATE, ...readGates(numbers, BUDGET_TEMPLATE, path, sink) };
  if (!(gates.limitUsd > 0)) sink([...path, 'limitUsd'], 'expected an amount above 0');
  if (gates.infoShare > gates.warningShare) {
    sink([...path, 'infoShare'], 'contradicts warningShare: expected at most as much');
  }
  const labels: Record<string, string> = {};
  for (const [name, label] of Object.entries({ service, environment, feature })) {
    if (label === undefined) continue;
    if (typeof label === 'string' && label !== '') labels[name] = label;
    else sink([...path, name], 'expected a text');
  }
  if (labels.feature !== undefined && labels.service === undefined) {
    sink([...path, 'feature'], 'expected a service beside it');
  }
  return found === undefined ? undefined : { ...gates, period: found, labels };
}
