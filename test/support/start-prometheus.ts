import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@tokenmeter/testkit';
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
  /** For its data, which lies below it in a folder with the name of the engine. */
  readonly folder: string;
  /** Any free one without it. */
  readonly port?: number;
  /** Flags beside those of address and data. */
  readonly flags?: readonly string[];
}

/** What else Prometheus is told. */
export interface PrometheusStart extends EngineStart {
  /** Its configuration; `OTLP_CONFIG` without it. */
  readonly config?: string;
}

/** Settings without which one late point refuses a whole request, and services have no name. */
export const OTLP_CONFIG = `
storage: {tsdb: {out_of_order_time_window: 6h}}
otlp: {promote_resource_attributes: [service.name, service.version, deployment.environment.name]}
`;

/** Starts Prometheus with its OTLP receiver. */
export async function startPrometheus(start: PrometheusStart): Promise<RunningEngine> {
  const { binary, folder, flags = [], config: text = OTLP_CONFIG } = start;
  const port = start.port ?? (await freePort());
  const config = join(folder, 'prometheus.yml');
  await writeFile(config, text);
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram(binary, {
    cwd: folder,
    args: [
      `--config.file=${config}`,
      `--storage.tsdb.path=${join(folder, 'prometheus')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--web.enable-otlp-receiver',
      ...flags,
    ],
    isReady: () => answersWell(`${url}/-/ready`),
  });
  return { url, programs: [program], [Symbol.asyncDispose]: () => program[Symbol.asyncDispose]() };
}
