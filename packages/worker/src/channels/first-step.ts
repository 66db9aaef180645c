import type { RuleName } from '@tokenmeter/anomaly';

/**
 * What to do first about an alert, for those who cannot open its runbook now. Each is the beginning of "Stop the bleeding"
 * on the rule's page of `docs/runbooks`, as it may stand in an alert.
 */
export const FIRST_STEPS: Readonly<Record<RuleName, string>> = {
  volume: 'still growing? limit the rate of the feature, or switch its flag off',
  cost_per_request:
    'roll a new version of the prompt back; no cause in 15 minutes: the last release too',
  cache_hit_rate: 'roll the prompt version back that began it',
  model_drift: 'set the model back, or pin its dated version where an alias moved',
  budget: 'see which other incident is open; slow down what nobody waits for',
  slow_burn: 'nothing burns fast: name an owner, and decide within the day',
  unpriced: 'money is spent unseen: watch its tokens, and give the model a price (--prices FILE)',
  coverage: "compare with the provider's own usage page; these figures are too low",
  pipeline_gap: 'restart what hangs: application, Collector or tokenmeter up',
};
