import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';

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

const READY_MS = 60_000;

class Programs {
  readonly #children: ChildProcess[] = [];
  readonly folder: string;
  #said = '';

  private constructor(folder: string) {
    this.folder = folder;
  }

  static async create(): Promise<Programs> {
    return new Programs(await mkdtemp(join(tmpdir(), 'tokenmeter-store-')));
  }

  start(path: string, args: readonly string[]): ChildProcess {
    const child = spawn(path, args, { stdio: ['ignore', 'ignore', 'pipe'] });
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#said = (this.#said + text).slice(-4000);
    });
    this.#children.push(child);
    return child;
  }

  async untilReady(url: string): Promise<void> {
    const endMs = Date.now() + READY_MS;
    while (Date.now() < endMs) {
      const isReady = await fetch(url).then(
        (answer) => answer.ok,
        () => false,
      );
      if (isReady) return;
      await sleep(100);
    }
    throw new Error(`${url} was not ready: ${this.#said}`);
  }

  async stop(): Promise<void> {
    for (const child of this.#children) {
      if (child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }
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

/** Prometheus with an OTLP receiver. `strategy` decides how names look. */
export async function startPrometheus(path: string, strategy: string): Promise<Store> {
  const programs = await Programs.create();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const config = join(programs.folder, 'prometheus.yml');
  await writeFile(
    config,
    `storage: {tsdb: {out_of_order_time_window: 6h}}\notlp:\n  translation_strategy: ${strategy}\n  promote_resource_attributes: [service.name, deployment.environment.name]\n`,
  );
  programs.start(path, [
    `--config.file=${config}`,
    `--storage.tsdb.path=${join(programs.folder, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--web.enable-otlp-receiver',
  ]);
  await programs.untilReady(`${url}/-/ready`);
  return {
    name: `Prometheus, ${strategy}`,
    url,
    push: (body) => post(`${url}/api/v1/otlp/v1/metrics`, body),
    killOne: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => programs.stop(),
  };
}

/** Longest wait for imported samples to be found, in milliseconds. */
const IMPORT_DEADLINE_MS = 30_000;

/**
 * Imports JSON lines into a VictoriaMetrics and waits until a query finds every sample: new series are not searchable for
 * some seconds.
 */
export async function importLines(url: string, lines: readonly string[]): Promise<void> {
  await post(`${url}/api/v1/import`, new TextEncoder().encode(lines.join('\n')));
  const wanted = lines.reduce((sum, line) => sum + JSON.parse(line).values.length, 0);
  const query = encodeURIComponent('sum(count_over_time({__name__!=""}[99d]))');
  const deadline = performance.now() + IMPORT_DEADLINE_MS;
  for (let found = 0; found < wanted; ) {
    if (performance.now() > deadline) throw new Error(`found ${found} of ${wanted} samples`);
    await fetch(`${url}/internal/force_flush`);
    await fetch(`${url}/internal/resetRollupResultCache`);
    const answer = await fetch(`${url}/api/v1/query?nocache=1&query=${query}`);
    const body: unknown = await answer.json();
    const [series]: readonly unknown[] = Object(Object(body).data).result ?? [];
    found = Number(Object(series).value?.[1] ?? 0);
  }
}

/** VictoriaMetrics, single node, with the names that OTLP gives. */
export async function startVictoriaMetrics(path: string): Promise<Store> {
  const programs = await Programs.create();
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  programs.start(path, [
    `-storageDataPath=${join(programs.folder, 'data')}`,
    `-httpListenAddr=127.0.0.1:${port}`,
    '-retentionPeriod=100d',
    '-search.latencyOffset=0s',
  ]);
  await programs.untilReady(`${url}/health`);
  return {
    name: 'VictoriaMetrics',
    url,
    push: (body) => post(`${url}/opentelemetry/v1/metrics`, body),
    killOne: () => Promise.resolve(),
    [Symbol.asyncDispose]: () => programs.stop(),
  };
}

interface Receiver {
  readonly grpc: number;
  readonly http: number;
  readonly remote: number;
  readonly capnproto: number;
}

async function receiverPorts(): Promise<Receiver> {
  const [grpc, http, remote, capnproto] = await Promise.all([
    freePort(),
    freePort(),
    freePort(),
    freePort(),
  ]);
  return { grpc, http, remote, capnproto };
}

function startReceiver(
  programs: Programs,
  path: string,
  one: Receiver,
  index: number,
): ChildProcess {
  return programs.start(path, [
    'receive',
    `--tsdb.path=${join(programs.folder, `r${index}`)}`,
    `--label=replica="${index}"`,
    `--grpc-address=127.0.0.1:${one.grpc}`,
    `--http-address=127.0.0.1:${one.http}`,
    `--remote-write.address=127.0.0.1:${one.remote}`,
    `--receive.capnproto-address=127.0.0.1:${one.capnproto}`,
    `--receive.local-endpoint=127.0.0.1:${one.grpc}`,
    `--receive.hashrings-file=${join(programs.folder, 'hashring.json')}`,
    '--receive.hashrings-algorithm=ketama',
    '--receive.replication-factor=3',
    '--tsdb.out-of-order.time-window=6h',
    '--receive.otlp-promote-resource-attributes=service.name',
    '--receive.otlp-promote-resource-attributes=deployment.environment.name',
  ]);
}

/** Thanos: three receivers in a hashring with replication factor 3 and a querier, pushed to in turn. */
export async function startThanos(path: string): Promise<Store> {
  const programs = await Programs.create();
  const receivers = await Promise.all([receiverPorts(), receiverPorts(), receiverPorts()]);
  const endpoints = receivers.map((one) => ({ address: `127.0.0.1:${one.grpc}` }));
  await mkdir(programs.folder, { recursive: true });
  await writeFile(
    join(programs.folder, 'hashring.json'),
    JSON.stringify([{ hashring: 'default', tenants: [], endpoints }]),
  );
  const children = receivers.map((one, index) => startReceiver(programs, path, one, index));
  const [http, grpc] = await Promise.all([freePort(), freePort()]);
  const url = `http://127.0.0.1:${http}`;
  programs.start(path, [
    'query',
    `--http-address=127.0.0.1:${http}`,
    `--grpc-address=127.0.0.1:${grpc}`,
    '--query.replica-label=replica',
    '--store.unhealthy-timeout=5s',
    ...receivers.map((one) => `--endpoint=127.0.0.1:${one.grpc}`),
  ]);
  for (const one of receivers) await programs.untilReady(`http://127.0.0.1:${one.http}/-/ready`);
  await programs.untilReady(`${url}/-/ready`);
  let turn = 0;
  return {
    name: 'Thanos, three receivers, replication factor 3',
    url,
    async push(body) {
      // As an exporter does: another receiver takes what one refuses.
      let failure: unknown;
      for (let attempt = 0; attempt < 3; attempt += 1) {
        turn += 1;
        const { remote } = receivers[turn % receivers.length] ?? { remote: 0 };
        try {
          await post(`http://127.0.0.1:${remote}/api/v1/otlp`, body);
          return;
        } catch (error) {
          failure = error;
        }
      }
      throw failure;
    },
    async killOne() {
      const victim = children[1];
      if (victim === undefined) return;
      const ended = once(victim, 'exit');
      victim.kill('SIGKILL');
      await ended;
    },
    [Symbol.asyncDispose]: () => programs.stop(),
  };
}
