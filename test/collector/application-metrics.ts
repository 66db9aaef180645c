import { randomUUID } from 'node:crypto';

/** A process that counts by itself, as `node --import @tokenmeter/node` does: cumulatively, under its own instance id. */
export interface CountingApplication {
  readonly instanceId: string;
  /** Sends the counters as they stand now. */
  push(url: string, totals: { readonly costUsd: number; readonly calls: number }): Promise<number>;
}

/** Starts counting now. */
export function createCountingApplication(service: string): CountingApplication {
  const instanceId = randomUUID();
  // An SDK's first export comes an interval after its first count, never in the same moment.
  const startTimeUnixNano = String(BigInt(Date.now() - 20) * 1_000_000n);
  const sum = (name: string, unit: string, value: object): unknown => ({
    name,
    unit,
    sum: {
      aggregationTemporality: 2,
      isMonotonic: true,
      dataPoints: [
        {
          startTimeUnixNano,
          timeUnixNano: String(BigInt(Date.now()) * 1_000_000n),
          attributes: [{ key: 'gen_ai.request.model', value: { stringValue: 'own-model' } }],
          ...value,
        },
      ],
    },
  });
  return {
    instanceId,
    async push(url, { costUsd, calls }) {
      const body = {
        resourceMetrics: [
          {
            resource: {
              attributes: [
                { key: 'service.name', value: { stringValue: service } },
                { key: 'service.instance.id', value: { stringValue: instanceId } },
              ],
            },
            scopeMetrics: [
              {
                scope: { name: '@tokenmeter/instrumentation' },
                metrics: [
                  sum('tokenmeter.cost', 'USD', { asDouble: costUsd }),
                  sum('tokenmeter.calls', '{call}', { asInt: String(calls) }),
                ],
              },
            ],
          },
        ],
      };
      const answer = await fetch(`${url}/v1/metrics`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(body),
      });
      await answer.body?.cancel();
      return answer.status;
    },
  };
}
