import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { answersWell, type RunningProgram, startProgram } from './start-program.ts';

/** A PromQL engine that runs until it is disposed of. */
export interface RunningEngine extends AsyncDisposable {
  /** Base URL of the query API. */
  readonly url: string;
  readonly programs: readonly RunningProgram[];
}

/** Where an engine runs. */
export interface EngineStart {
  readonly binary: string;
  /** For its data. */
  readonly folder: string;
  readonly port: number;
}

/** Settings without which one late point refuses a whole request, and services have no name. */
const CONFIG = `
storage: {tsdb: {out_of_order_time_window: 3h}}
otlp: {promote_resource_attributes: [service.name, service.version, deployment.environment.name]}
`;

/** Starts Prometheus with its OTLP receiver. */
export async function startPrometheus({
  binary,
  folder,
  port,
}: EngineStart): Promise<RunningEngine> {
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, CONFIG);
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram(binary, {
    cwd: folder,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-otlp-receiver',
    ],
    isReady: () => answersWell(`${url}/-/ready`),
  });
  return { url, programs: [program], [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** Starts a single VictoriaMetrics that names metrics as Prometheus does. */
export async function startVictoriaMetrics({
  binary,
  folder,
  port,
}: EngineStart): Promise<RunningEngine> {
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram(binary, {
    cwd: folder,
    args: [
      `-storageDataPath=${join(folder, 'victoriametrics')}`,
      `-httpListenAddr=127.0.0.1:${port}`,
      '-opentelemetry.usePrometheusNaming',
    ],
    isReady: () => answersWell(`${url}/health`),
  });
  return { url, programs: [program], [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}

/** The value of an instant query with one result; undefined when there is none yet. */
export async function queryNumber(
  { url }: Pick<RunningEngine, 'url'>,
  query: string,
): Promise<number | undefined> {
  const answer = await fetch(`${url}/api/v1/query?nocache=1&query=${encodeURIComponent(query)}`);
  const body: unknown = await answer.json();
  const data: unknown = Reflect.get(Object(body), 'data');
  const result: unknown = Reflect.get(Object(data), 'result');
  const first: unknown = Array.isArray(result) ? result[0] : undefined;
  const value: unknown = Reflect.get(Object(first), 'value');
  return Array.isArray(value) ? Number(value[1]) : undefined;
}
