import { appendFileSync, writeFileSync } from 'node:fs';
import { PROCESSES, type Process, pointsOf, usdPerCall } from './processes.ts';

/** What was really spent, in USD by feature, counted from the processes and not from any series. */
export type Truth = ReadonlyMap<string, number>;

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** The samples of one process at one point, as label text and value. */
  readonly samples: (process: Process, calls: number) => readonly (readonly [string, number])[];
  readonly suffix: string;
}

const FAMILIES: readonly Family[] = [
  {
    name: 'tokenmeter_cost_USD',
    type: 'counter',
    suffix: '_total',
    samples: (process, calls) => [
      [
        'tokenmeter_cost_class="input",tokenmeter_cost_source="snapshot"',
        calls * usdPerCall(process) * 0.75,
      ],
      [
        'tokenmeter_cost_class="output",tokenmeter_cost_source="snapshot"',
        calls * usdPerCall(process) * 0.25,
      ],
    ],
  },
  {
    name: 'tokenmeter_calls',
    type: 'counter',
    suffix: '_total',
    samples: (_process, calls) => [
      [
        'tokenmeter_outcome="ok",tokenmeter_cache="hit",tokenmeter_retry="false"',
        Math.floor(calls * 0.7),
      ],
      [
        'tokenmeter_outcome="ok",tokenmeter_cache="miss",tokenmeter_retry="false"',
        calls - Math.floor(calls * 0.7) - Math.floor(calls * 0.1),
      ],
      [
        'tokenmeter_outcome="error",tokenmeter_cache="none",tokenmeter_retry="true"',
        Math.floor(calls * 0.1),
      ],
    ],
  },
  {
    name: 'tokenmeter_tokens',
    type: 'counter',
    suffix: '_total',
    samples: (_process, calls) => [
      ['tokenmeter_token_class="input"', calls * 300],
      ['tokenmeter_token_class="cache_read"', calls * 700],
      ['tokenmeter_token_class="output"', calls * 500],
    ],
  },
  {
    name: 'tokenmeter_unpriced',
    type: 'counter',
    suffix: '_total',
    samples: (_process, calls) => [['tokenmeter_reason="unknown_model"', Math.floor(calls / 50)]],
  },
  {
    name: 'tokenmeter_self_recognised',
    type: 'counter',
    suffix: '_total',
    samples: (_process, calls) => [['', calls]],
  },
  {
    name: 'tokenmeter_self_metered',
    type: 'counter',
    suffix: '_total',
    samples: (_process, calls) => [['', calls - Math.floor(calls / 100)]],
  },
  {
    name: 'tokenmeter_prices_date_seconds',
    type: 'gauge',
    suffix: '',
    samples: () => [['', 1_763_000_000]],
  },
  {
    name: 'tokenmeter_self_attribute_overflow',
    type: 'counter',
    suffix: '_total',
    samples: (_process, calls) => [
      ['tokenmeter_overflow_attribute="tokenmeter.feature"', Math.floor(calls / 20)],
    ],
  },
];

/** Labels of a process, as Prometheus makes them of its resource and attributes. */
function labelsOf({ instance, feature, model }: Process, more: string): string {
  const labels = [
    'job="shop"',
    `instance="${instance}"`,
    'service_name="shop"',
    'deployment_environment_name="prod"',
    'gen_ai_operation_name="chat"',
    `gen_ai_provider_name="${model.startsWith('claude') ? 'anthropic' : 'openai'}"`,
    `gen_ai_request_model="${model}"`,
    `gen_ai_response_model="${model}"`,
    `tokenmeter_feature="${feature}"`,
    `tokenmeter_team="${feature === 'chat' ? 'support' : 'growth'}"`,
  ];
  return [...labels, more].filter((label) => label !== '').join(',');
}

/** Writes the day that begins at `midnight` (epoch seconds) as OpenMetrics, and tells what was really spent. */
export function writeDay(file: string, midnight: number): Truth {
  const truth = new Map<string, number>();
  writeFileSync(file, '');
  for (const family of FAMILIES) {
    const lines = [`# TYPE ${family.name} ${family.type}`];
    for (const process of PROCESSES) {
      for (const { epochSeconds, calls } of pointsOf(process, midnight)) {
        for (const [labels, value] of family.samples(process, calls)) {
          lines.push(
            `${family.name}${family.suffix}{${labelsOf(process, labels)}} ${value} ${epochSeconds}`,
          );
        }
      }
    }
    appendFileSync(file, `${lines.join('\n')}\n`);
  }
  appendFileSync(file, histogramLines(midnight));
  appendFileSync(file, '# EOF\n');
  for (const process of PROCESSES) {
    const calls = pointsOf(process, midnight).at(-1)?.calls ?? 0;
    truth.set(process.feature, (truth.get(process.feature) ?? 0) + calls * usdPerCall(process));
  }
  return truth;
}

function histogramLines(midnight: number): string {
  const lines = ['# TYPE tokenmeter_call_cost_USD histogram'];
  for (const process of PROCESSES.slice(0, 5)) {
    for (const { epochSeconds, calls } of pointsOf(process, midnight)) {
      for (const le of ['0.001', '0.01', '0.1', '+Inf']) {
        const below = Number(le.replace('+Inf', 'Infinity')) >= usdPerCall(process) ? calls : 0;
        const labels = labelsOf(process, `le="${le}"`);
        lines.push(`tokenmeter_call_cost_USD_bucket{${labels}} ${below} ${epochSeconds}`);
      }
      lines.push(
        `tokenmeter_call_cost_USD_count{${labelsOf(process, '')}} ${calls} ${epochSeconds}`,
      );
      lines.push(
        `tokenmeter_call_cost_USD_sum{${labelsOf(process, '')}} ${calls * usdPerCall(process)} ${epochSeconds}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
