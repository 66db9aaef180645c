import { join } from 'node:path';
import { freePort } from '@tokenmeter/testkit';
import { answersWell, startProgram } from './start-program.ts';
import type { EngineStart, RunningEngine } from './start-prometheus.ts';

/** External labels, without which the sidecar does not start; a part of Prometheus' configuration. */
export const SIDECAR_LABELS = 'global: {external_labels: {cluster: one}}\n';

/** Starts Thanos' sidecar of a running Prometheus, whose data lie in `folder`, and a querier that asks it. */
export async function startThanosSidecar(
  prometheusUrl: string,
  { binary, folder }: EngineStart,
): Promise<RunningEngine> {
  const [http = 0, grpc = 0, sidecarHttp = 0, sidecarGrpc = 0] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  const sidecar = await startProgram(binary, {
    cwd: folder,
    args: [
      'sidecar',
      `--prometheus.url=${prometheusUrl}`,
      `--tsdb.path=${join(folder, 'prometheus')}`,
      `--http-address=127.0.0.1:${sidecarHttp}`,
      `--grpc-address=127.0.0.1:${sidecarGrpc}`,
    ],
    isReady: () => answersWell(`http://127.0.0.1:${sidecarHttp}/-/ready`),
  });
  const url = `http://127.0.0.1:${http}`;
  const querier = await startProgram(binary, {
    cwd: folder,
    args: [
      'query',
      `--http-address=127.0.0.1:${http}`,
      `--grpc-address=127.0.0.1:${grpc}`,
      `--endpoint=127.0.0.1:${sidecarGrpc}`,
    ],
    isReady: () => answersWell(`${url}/-/ready`),
  });
  const programs = [querier, sidecar];
  return {
    url,
    programs,
    async [Symbol.asyncDispose]() {
      for (const program of programs) await program[Symbol.asyncDispose]();
    },
  };
}
