import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { gunzipSync } from 'node:zlib';
import { parseOtlpProtobuf } from '@tokenmeter/testkit';
import { bedrockConverse, bedrockInvoke } from './provider/bedrock.ts';
import { groq, mistral } from './provider/chat-completions.ts';
import { cohere, cohereV1 } from './provider/cohere.ts';
import { gemini } from './provider/gemini.ts';
import { isJson, type Json, type ModelApi } from './provider/model-answer.ts';
import type { Scenario, StepPlan, Tokens } from './scenario.ts';

const APIS: readonly ModelApi[] = [
  gemini,
  bedrockConverse,
  bedrockInvoke,
  cohere,
  cohereV1,
  groq,
  mistral,
];

/** One request as the provider booked it. */
export interface BookedCall {
  readonly api: string;
  readonly provider: string;
  readonly requestModel: string;
  readonly model: string;
  readonly isStreaming: boolean;
  readonly status: number;
  readonly isRetry: boolean;
  readonly serviceTier: string | undefined;
  readonly responseId: string | undefined;
  readonly tokens: Tokens | undefined;
  readonly startEpochMs: number;
}

/** Takes spans and the words of programs, and answers for the providers that the replay provider does not speak. */
export interface CaptureServer extends AsyncDisposable {
  readonly url: string;
  readonly booked: readonly BookedCall[];
  /** Exports in the shape of OTLP/JSON, in order of arrival. */
  readonly exports: readonly Json[];
}

/** Starts it on a free port of 127.0.0.1. */
export async function startCaptureServer(scenario: Scenario): Promise<CaptureServer> {
  const desk = new CaptureDesk(scenario);
  const server = createServer((request, response) => {
    void desk.answer(request, response);
  });
  server.keepAliveTimeout = 60_000;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    booked: desk.booked,
    exports: desk.exports,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

class CaptureDesk {
  readonly booked: BookedCall[] = [];
  readonly exports: Json[] = [];
  readonly #scenario: Scenario;

  constructor(scenario: Scenario) {
    this.#scenario = scenario;
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const bytes = await readBytes(request);
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    if (path === '/step') {
      const plan: StepPlan = JSON.parse(bytes.toString('utf8'));
      this.#scenario.begin(plan);
      return end(response, 200, {});
    }
    if (path.endsWith('/v1/traces')) return this.#take(request, bytes, response);
    if (/\/v1\/(?:metrics|logs)$/.test(path)) return end(response, 200, {});
    const api = APIS.find(({ pattern }) => pattern.test(path));
    const body: unknown = api === undefined ? {} : JSON.parse(bytes.toString('utf8') || '{}');
    if (api === undefined || !isJson(body)) return end(response, 404, { error: `no ${path}` });
    this.#reply(api, { path, body }, response);
  }

  #take(request: IncomingMessage, bytes: Buffer, response: ServerResponse): void {
    const isZipped = request.headers['content-encoding'] === 'gzip';
    const plain = isZipped ? gunzipSync(bytes) : bytes;
    const isText = request.headers['content-type']?.startsWith('application/json') === true;
    const message: unknown = isText
      ? JSON.parse(plain.toString('utf8'))
      : parseOtlpProtobuf('traces', plain);
    if (isJson(message)) this.exports.push(message);
    response.writeHead(200, { 'content-type': request.headers['content-type'] ?? 'text/plain' });
    response.end(isText ? '{}' : '');
  }

  #reply(api: ModelApi, asked: { path: string; body: Json }, response: ServerResponse): void {
    const { path, body } = asked;
    const model = api.modelOf(path, body);
    const { status, isRetry } = this.#scenario.admit(path, body);
    const isStreaming = api.isStreaming(path, body);
    const call = {
      api: api.api,
      provider: api.provider,
      requestModel: model,
      model,
      isStreaming,
      serviceTier: undefined,
      isRetry,
      startEpochMs: Date.now(),
    };
    if (status >= 400) {
      this.booked.push({ ...call, status, responseId: undefined, tokens: undefined });
      end(response, status, api.error(status), { 'x-amzn-errortype': errorType(status) });
      return;
    }
    const counted = this.#scenario.nextTokens();
    const tokens = Object.fromEntries(
      Object.entries(counted).filter(([name]) => api.classes.includes(name)),
    );
    const id = createHash('sha256').update(`${this.booked.length}`).digest('hex').slice(0, 24);
    const toolCall = this.#scenario.toolFor(body);
    const answer = api.answer({ path, body, tokens, id, model, isStreaming, toolCall });
    this.booked.push({ ...call, status, responseId: api.responseId?.(id), tokens });
    response.writeHead(200, { 'content-type': answer.contentType });
    for (const piece of answer.pieces) response.write(piece);
    response.end();
  }
}

function errorType(status: number): string {
  return status === 429 ? 'ThrottlingException' : 'ValidationException';
}

function end(
  response: ServerResponse,
  status: number,
  body: object,
  headers: Readonly<Record<string, string>> = {},
): void {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify(body));
}

async function readBytes(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return Buffer.concat(chunks);
}
