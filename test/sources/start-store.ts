import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  type RunningEngine,
  startPrometheus as runPrometheus,
} from '../support/start-prometheus.ts';
import { startThanos as runThanos } from '../support/start-thanos.ts';
import { startVictoriaMetrics as runVictoriaMetrics } from '../support/start-victoria-metrics.ts';

/** A real store of metrics with its own folder, stopped and removed at the end. */
export interface Store extends AsyncDisposable {
  readonly name: string;
  /** Base of the query API. */
  readonly url: string;
  /** Posts an OTLP export as protobuf; an error status is thrown. */
  push(body: Uint8Array): Promise<void>;
  /** Kills one of several receivers, if there are several. */
  killOne(): Promise<void>;
}

async function post(url: string, body: Uint8Array): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text.slice(0, 200)}`);
}

type Traits = Pick<Store, 'name' | 'push'> & Partial<Pick<Store, 'killOne'>>;

/** Runs an engine in a folder of its own. */
async function runStore<E extends RunningEngine>(
  start: (folder: string) => Promise<E>,
  traits: (engine: E) => Traits,
): Promise<Store> {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-store-'));
  const engine = await start(folder);
  return {
    url: engine.url,
    killOne: () => Promise.resolve(),
    ...traits(engine),
    async [Symbol.asyncDispose]() {
      await engine[Symbol.asyncDispose]();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Prometheus with an OTLP receiver. `strategy` decides how names look. */
export function startPrometheus(binary: string, strategy: string): Promise<Store> {
  const config = `storage: {tsdb: {out_of_order_time_window: 6h}}\notlp:\n  translation_strategy: ${strategy}\n  promote_resource_attributes: [service.name, deployment.environment.name]\n`;
  return runStore(
    (folder) => runPrometheus({ binary, folder, config }),
    ({ url }) => ({
      name: `Prometheus, ${strategy}`,
      push: (body) => post(`${url}/api/v1/otlp/v1/metrics`, body),
    }),
  );
}

/** VictoriaMetrics, single node, with the names that OTLP gives. */
export function startVictoriaMetrics(binary: string): Promise<Store> {
  return runStore(
    (folder) => runVictoriaMetrics({ binary, folder, flags: [] }),
    ({ url }) => ({
      name: 'VictoriaMetrics',
      push: (body) => post(`${url}/opentelemetry/v1/metrics`, body),
    }),
  );
}

/** Thanos: three receivers in a hashring with replication factor 3 and a querier, pushed to in turn. */
export function startThanos(binary: string): Promise<Store> {
  let turn = 0;
  return runStore(
    (folder) => runThanos({ binary, folder }),
    ({ receivers, programs }) => ({
      name: 'Thanos, three receivers, replication factor 3',
      async push(body) {
        // As an exporter does: another receiver takes what one refuses.
        let failure: unknown;
        for (let attempt = 0; attempt < receivers.length; attempt += 1) {
          turn += 1;
          try {
            await post(`${receivers[turn % receivers.length]}/api/v1/otlp`, body);
            return;
          } catch (error) {
            failure = error;
          }
        }
        throw failure;
      },
      async killOne() {
        programs[1]?.kill('SIGKILL');
        await programs[1]?.ended;
      },
    }),
  );
}
