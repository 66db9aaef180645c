import { type ChildProcess, spawn } from 'node:child_process';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** A loopback server that answers provider calls and collects OTLP/JSON. */
export interface TestBackend extends AsyncDisposable {
  readonly url: string;
  /** Bodies received per OTLP path. */
  readonly exports: { readonly path: string; readonly body: unknown }[];
  readonly providerRequests: { readonly headers: readonly string[]; readonly body: string }[];
}

/** How the OTLP half of a backend behaves. */
export type OtlpMode = 'accept' | 'refuse' | 'hang';

/** Starts one. The provider half answers every chat completion with 1,000 input and 500 output tokens. */
export async function startBackend(mode: OtlpMode = 'accept'): Promise<TestBackend> {
  const exports: TestBackend['exports'] = [];
  const providerRequests: TestBackend['providerRequests'] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString();
      const path = request.url ?? '';
      if (path.startsWith('/v1/traces') || path.startsWith('/v1/metrics')) {
        if (mode === 'hang') return;
        if (mode === 'refuse') response.statusCode = 503;
        else exports.push({ path, body: JSON.parse(text) });
        response.end('{}');
        return;
      }
      providerRequests.push({ headers: request.rawHeaders, body: text });
      sendCompletion(response, text);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    exports,
    providerRequests,
    [Symbol.asyncDispose]: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}

function sendCompletion(response: ServerResponse, request: string): void {
  if (request.includes('"stream":true')) {
    response.setHeader('content-type', 'text/event-stream');
    const stream = streamOf(request.includes('"include_usage":true'));
    // Half of it, and nothing more.
    if (request.includes('"user":"hang"')) response.write(stream.slice(0, 60));
    else response.end(stream);
    return;
  }
  const message = { role: 'assistant', content: 'ok' };
  const completion = {
    id: 'chatcmpl-1',
    object: 'chat.completion',
    model: 'gpt-4o',
    choices: [{ index: 0, message, finish_reason: 'stop' }],
    usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
  };
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(completion));
}

/** A streamed completion as OpenAI sends it: usage, and its null before, only for those who ask. */
function streamOf(asked: boolean): string {
  const chunk = (fields: object): string =>
    `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', model: 'gpt-4o', ...fields })}\n\n`;
  const delta = { choices: [{ index: 0, delta: { content: 'ok' }, finish_reason: 'stop' }] };
  const usage = { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 };
  const events = asked
    ? [chunk({ ...delta, usage: null }), chunk({ choices: [], usage })]
    : [chunk(delta)];
  return `${events.join('')}data: [DONE]\n\n`;
}

/** How a program ended. */
export interface ProgramEnd {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** From its last output, or from its start without any, to its end. A busy machine takes its time for a start. */
  readonly endingMs: number;
}

/** How to run a program. */
export interface RunOptions {
  readonly backend: TestBackend;
  /** How the preload is loaded; `none` runs the program bare. */
  readonly preload?: '--import' | '--require' | 'none';
  readonly env?: Readonly<Record<string, string>>;
  readonly esm?: boolean;
  /** Called with the running program and each piece of its output. */
  readonly onOutput?: (child: ChildProcess, text: string) => void;
}

/** The built preload. */
export const REGISTER: string = fileURLToPath(new URL('../dist/register.js', import.meta.url));

/** Runs a program text with `node`, metered unless told otherwise; `BACKEND` names the server. */
export function runProgram(source: string, options: RunOptions): Promise<ProgramEnd> {
  const { backend, preload = '--import', env = {}, esm = true, onOutput } = options;
  let lastWordMs = performance.now();
  const child = spawn(
    process.execPath,
    [
      ...(preload === 'none' ? [] : [preload, REGISTER]),
      `--input-type=${esm ? 'module' : 'commonjs'}`,
      '-e',
      source,
    ],
    {
      env: {
        BACKEND: backend.url,
        REGISTER,
        OTEL_EXPORTER_OTLP_ENDPOINT: backend.url,
        OTEL_EXPORTER_OTLP_PROTOCOL: 'http/json',
        OTEL_METRIC_EXPORT_INTERVAL: '2147483647',
        OTEL_SERVICE_NAME: 'program',
        ...env,
      },
    },
  );
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
    lastWordMs = performance.now();
    onOutput?.(child, stdout);
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return new Promise((resolve) => {
    child.on('close', (code, signal) => {
      resolve({ code, signal, stdout, stderr, endingMs: performance.now() - lastWordMs });
    });
  });
}

/** A program that makes one chat completion with the global `fetch` and prints the answer. */
export const ONE_CALL = `
  const response = await fetch(process.env.BACKEND + '/v1/chat/completions', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'hi' }] }),
  });
  console.log((await response.json()).choices[0].message.content);
`;

interface OtlpPoint {
  readonly asDouble?: number;
  readonly asInt?: number | string;
}

/** Sum of the last points of a counter over everything received. */
export function counterTotal(backend: TestBackend, metric: string): number {
  const bodies = backend.exports.filter(({ path }) => path === '/v1/metrics');
  const last: unknown = bodies.at(-1)?.body;
  let sum = 0;
  for (const found of findAll(last, (node) => node.name === metric)) {
    for (const point of findAll(found, isPoint)) sum += Number(point.asDouble ?? point.asInt);
  }
  return sum;
}

type Json = Readonly<Record<string, unknown>>;

function isPoint(node: Json): node is Json & OtlpPoint {
  return 'asDouble' in node || 'asInt' in node;
}

function findAll<T extends Json>(root: unknown, matches: (node: Json) => node is T): T[];
function findAll(root: unknown, matches: (node: Json) => boolean): Json[];
function findAll(root: unknown, matches: (node: Json) => boolean): Json[] {
  if (Array.isArray(root)) return root.flatMap((item) => findAll(item, matches));
  if (!isJson(root)) return [];
  if (matches(root)) return [root];
  return Object.values(root).flatMap((value) => findAll(value, matches));
}

function isJson(value: unknown): value is Json {
  return typeof value === 'object' && value !== null;
}
