import { createServer, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { type OtlpSink, startOtlpSink } from '@tokenmeter/testkit';

/** One request as a vendor's intake sees it. */
export interface IntakeRequest {
  readonly vendor: string;
  /** Behind the vendor's own part, such as `/v1/metrics`. */
  readonly path: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  /** As sent, compressed. */
  readonly body: Buffer;
  readonly uncompressedBytes: number;
  readonly status: number;
}

/** What a vendor answers to its next requests, in order; afterwards 200. */
export interface IntakeRefusal {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Intakes of several vendors in one server: each has a path of its own in front, and a sink for what it accepts. */
export interface VendorIntakes extends AsyncDisposable {
  urlOf(vendor: string): string;
  sinkOf(vendor: string): OtlpSink;
  requestsOf(vendor: string): readonly IntakeRequest[];
  refuse(vendor: string, refusals: readonly IntakeRefusal[]): void;
}

/** Starts the intakes. What they accept is decoded by the testkit's sink, whatever the vendor's path is called. */
export async function startVendorIntakes(vendors: readonly string[]): Promise<VendorIntakes> {
  const sinks = new Map<string, OtlpSink>();
  for (const vendor of vendors) sinks.set(vendor, await startOtlpSink());
  const requests: IntakeRequest[] = [];
  const refusals = new Map<string, IntakeRefusal[]>();
  const sinkOf = (vendor: string): OtlpSink => {
    const sink = sinks.get(vendor);
    if (sink === undefined) throw new Error(`expected an intake of ${vendor}`);
    return sink;
  };
  const server = createServer(async (request, response) => {
    const [, vendor = '', ...rest] = (request.url ?? '').split('/');
    const body = await readBody(request);
    const plain = request.headers['content-encoding'] === 'gzip' ? gunzipSync(body) : body;
    const refusal = refusals.get(vendor)?.shift();
    const path = `/${rest.join('/')}`;
    const status = refusal?.status ?? (await relay(sinkOf(vendor), path, plain));
    requests.push({
      vendor,
      path,
      method: request.method ?? '',
      headers: request.headers,
      body,
      uncompressedBytes: plain.length,
      status,
    });
    response.writeHead(status, {
      'content-type': 'application/x-protobuf',
      ...refusal?.headers,
    });
    response.end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    urlOf: (vendor) => `http://127.0.0.1:${port}/${vendor}`,
    sinkOf,
    requestsOf: (vendor) => requests.filter((request) => request.vendor === vendor),
    refuse: (vendor, list) => void refusals.set(vendor, [...list]),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      for (const sink of sinks.values()) await sink[Symbol.asyncDispose]();
    },
  };
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function relay(sink: OtlpSink, path: string, body: Buffer): Promise<number> {
  const signal = /trace/.test(path) ? 'traces' : 'metrics';
  const answer = await fetch(`${sink.url}/v1/${signal}`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body,
  });
  await answer.body?.cancel();
  return answer.status;
}
