import {
  DAY_MINUTES,
  type Point,
  PROCESSES,
  type Process,
  pointsOf,
  usdPerCall,
} from './processes.ts';

/** Minutes of the day that one export holds. */
const EXPORT_MINUTES = 30;

/**
 * The same day as OTLP/JSON exports of all its processes together, in order of time: only what is counted in money, and
 * with the times that the samples have.
 */
export function* dayExports(midnight: number): Generator<string> {
  const points = PROCESSES.map((process) => pointsOf(process, midnight));
  for (let from = 0; from <= DAY_MINUTES; from += EXPORT_MINUTES) {
    const isNow = ({ epochSeconds }: Point): boolean =>
      epochSeconds >= midnight + from * 60 &&
      epochSeconds < midnight + (from + EXPORT_MINUTES) * 60;
    const resourceMetrics = PROCESSES.flatMap((process, index) => {
      const dataPoints = (points[index] ?? []).filter(isNow).flatMap(({ epochSeconds, calls }) =>
        costsOf(process, calls).map(([costClass, asDouble]) => ({
          timeUnixNano: `${Math.round(epochSeconds * 1000)}000000`,
          asDouble,
          attributes: attributesOf(process, costClass),
        })),
      );
      return dataPoints.length === 0 ? [] : [resourceOf(process, dataPoints)];
    });
    if (resourceMetrics.length > 0) yield JSON.stringify({ resourceMetrics });
  }
}

function resourceOf({ instance }: Process, dataPoints: readonly object[]): object {
  const sum = { aggregationTemporality: 2, isMonotonic: true, dataPoints };
  return {
    resource: {
      attributes: [
        { key: 'service.name', value: { stringValue: 'shop' } },
        { key: 'service.instance.id', value: { stringValue: instance } },
      ],
    },
    scopeMetrics: [{ metrics: [{ name: 'tokenmeter.cost', unit: 'USD', sum }] }],
  };
}

/** Cost by class, as the samples of the day have it. */
function costsOf(process: Process, calls: number): readonly (readonly [string, number])[] {
  const usd = calls * usdPerCall(process);
  return [
    ['input', usd * 0.75],
    ['output', usd * 0.25],
  ];
}

function attributesOf({ feature, model }: Process, costClass: string): readonly object[] {
  return Object.entries({
    'tokenmeter.cost.class': costClass,
    'tokenmeter.cost.source': 'snapshot',
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': model.startsWith('claude') ? 'anthropic' : 'openai',
    'gen_ai.request.model': model,
    'gen_ai.response.model': model,
    'tokenmeter.feature': feature,
  }).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}
