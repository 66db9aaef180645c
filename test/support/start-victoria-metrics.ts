import { join } from 'node:path';
import { freePort } from '@tokenmeter/testkit';
import { answersWell, startProgram } from './start-program.ts';
import type { EngineStart, RunningEngine } from './start-prometheus.ts';

/** The flag by which it spells metrics that come by OTLP as Prometheus does. */
export const PROMETHEUS_NAMES = '-opentelemetry.usePrometheusNaming';

/** Starts a single VictoriaMetrics that keeps everything and hides nothing of the last seconds. */
export async function startVictoriaMetrics(start: EngineStart): Promise<RunningEngine> {
  const { binary, folder, flags = [PROMETHEUS_NAMES] } = start;
  const port = start.port ?? (await freePort());
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram(binary, {
    cwd: folder,
    args: [
      `-storageDataPath=${join(folder, 'victoriametrics')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-retentionPeriod=100d',
      '-search.latencyOffset=0s',
      ...flags,
    ],
    isReady: () => answersWell(`${url}/health`),
  });
  return { url, programs: [program], [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}
