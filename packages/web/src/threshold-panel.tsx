import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { NumberField } from './number-field.tsx';
import { ARTICLE_THRESHOLDS, renderRules, type Thresholds } from './render-rules.ts';
import { CopyText } from './states.tsx';

const FIELDS: readonly (readonly [keyof Thresholds, string, string, number])[] = [
  ['volumeWarning', 'Volume warns at', '% of usual', 10_000],
  ['volumeCritical', 'Volume is critical at', '% of usual', 10_000],
  ['costWarning', 'Cost of a call warns at', '% more', 10_000],
  ['costCritical', 'Cost of a call is critical at', '% more', 10_000],
  ['cacheWarning', 'Cache hits warn below', '%', 100],
  ['cacheCritical', 'Cache hits are critical below', '%', 100],
];

/** When to be told: thresholds in, rules and a dashboard out. */
export function ThresholdPanel(): JSX.Element {
  const [thresholds, setThresholds] = useState(ARTICLE_THRESHOLDS);
  return (
    <section class="panel" aria-labelledby="thresholds-title">
      <header class="panel-head">
        <h2 id="thresholds-title">When to be told</h2>
      </header>
      <div class="fields">
        {FIELDS.map(([name, label, unit, most]) => (
          <NumberField
            key={name}
            label={label}
            unit={unit}
            most={most}
            value={thresholds[name]}
            choose={(value) => setThresholds({ ...thresholds, [name]: value })}
          />
        ))}
      </div>
      <div class="explore-take">
        <p>
          Put this into <code>tokenmeter.yaml</code>. Evidence and a least amount of money are asked
          for as well, so that chance tells nobody; <code>tokenmeter backtest</code> shows what
          these numbers would have told about your own past.
        </p>
        <CopyText text={renderRules(thresholds)} name="Copy the rules" />
        <p>
          For Prometheus, Mimir, vmalert or Grafana, with the same numbers:{' '}
          <code>tokenmeter rules export --for prometheus</code>. A board for Grafana:{' '}
          <a href="/templates/token-spend.json" download="token-spend.json">
            token-spend.json
          </a>
          .
        </p>
      </div>
    </section>
  );
}
