import { appendFileSync, writeFileSync } from 'node:fs';

/** One process that counts calls of one feature on one model. Times are minutes of the day. */
interface Process {
  readonly instance: string;
  readonly feature: string;
  readonly model: string;
  readonly fromMinute: number;
  readonly toMinute: number;
  /** Minutes without any push; the process goes on counting. */
  readonly gap?: readonly [number, number];
  readonly callsPerMinute: number;
}

const DAY_MINUTES = 1440;
const SECONDS_PER_SAMPLE = 30;

/** Births, restarts under new instances, replicas, silences of minutes and hours, and a job that is seen once. */
const PROCESSES: readonly Process[] = [
  {
    instance: 'a1',
    feature: 'chat',
    model: 'gpt-4o',
    fromMinute: 0,
    toMinute: 700,
    callsPerMinute: 6,
  },
  {
    instance: 'a2',
    feature: 'chat',
    model: 'gpt-4o',
    fromMinute: 701,
    toMinute: 1440,
    callsPerMinute: 6,
  },
  {
    instance: 'b1',
    feature: 'chat',
    model: 'gpt-4o',
    fromMinute: 0,
    toMinute: 1440,
    callsPerMinute: 4,
  },
  {
    instance: 'c1',
    feature: 'search',
    model: 'claude-opus-5-5',
    fromMinute: 333,
    toMinute: 1440,
    callsPerMinute: 2,
    gap: [500, 690],
  },
  {
    instance: 'd1',
    feature: 'search',
    model: 'claude-opus-5-5',
    fromMinute: 10,
    toMinute: 1440,
    callsPerMinute: 3,
    gap: [900, 918],
  },
  {
    instance: 'e1',
    feature: 'report',
    model: 'gpt-4o-mini',
    fromMinute: 600,
    toMinute: 600.5,
    callsPerMinute: 900,
  },
  ...Array.from({ length: 40 }, (_, index) => ({
    instance: `r${index}`,
    feature: 'batch',
    model: 'gpt-4o-mini',
    fromMinute: 20 + index * 33,
    toMinute: 20 + index * 33 + 31,
    callsPerMinute: 5,
  })),
];

const USD_PER_CALL: Readonly<Record<string, number>> = {
  'gpt-4o': 0.0125,
  'gpt-4o-mini': 0.0005,
  'claude-opus-5-5': 0.03,
};

/** What was really spent, in USD by feature, counted from the processes and not from any series. */
export type Truth = ReadonlyMap<string, number>;

interface Point {
  readonly epochSeconds: number;
  readonly calls: number;
}

function pointsOf(process: Process, midnight: number): readonly Point[] {
  const points: Point[] = [];
  const last = Math.min(process.toMinute, DAY_MINUTES);
  for (let minute = process.fromMinute; minute <= last; minute += SECONDS_PER_SAMPLE / 60) {
    const isSilent =
      process.gap !== undefined && minute > process.gap[0] && minute < process.gap[1];
    if (isSilent) continue;
    const calls = Math.round((minute - process.fromMinute + 1) * process.callsPerMinute);
    points.push({ epochSeconds: midnight + minute * 60, calls });
  }
  return points;
}

interface Family {
  readonly name: string;
  readonly type: 'counter' | 'gauge';
  /** The samples of one process at one point, as label text and value. */
  readonly samples: (process: Process, calls: number) => readonly (readonly [string, number])[];
  readonly suffix: string;
}

const USD = (process: Process): number => USD_PER_CALL[process.model] ?? 0;

const FAMILIES: readonly Family[] = [
  {
    name: 'tokenmeter_cost_USD',
    type: 'counter',
    suffix: '_total',
    samples: (process, calls) => [
      [
        'tokenmeter_cost_class="input",tokenmeter_cost_source="snapshot"',
        calls * USD(process) * 0.75,
      ],
      [
        'tokenmeter_cost_class="output",tokenmeter_cost_source="snapshot"',
        calls * USD(process) * 0.25,
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
    truth.set(process.feature, (truth.get(process.feature) ?? 0) + calls * USD(process));
  }
  return truth;
}

function histogramLines(midnight: number): string {
  const lines = ['# TYPE tokenmeter_call_cost_USD histogram'];
  for (const process of PROCESSES.slice(0, 5)) {
    for (const { epochSeconds, calls } of pointsOf(process, midnight)) {
      for (const le of ['0.001', '0.01', '0.1', '+Inf']) {
        const below = Number(le.replace('+Inf', 'Infinity')) >= USD(process) ? calls : 0;
        const labels = labelsOf(process, `le="${le}"`);
        lines.push(`tokenmeter_call_cost_USD_bucket{${labels}} ${below} ${epochSeconds}`);
      }
      lines.push(
        `tokenmeter_call_cost_USD_count{${labelsOf(process, '')}} ${calls} ${epochSeconds}`,
      );
      lines.push(
        `tokenmeter_call_cost_USD_sum{${labelsOf(process, '')}} ${calls * USD(process)} ${epochSeconds}`,
      );
    }
  }
  return `${lines.join('\n')}\n`;
}
