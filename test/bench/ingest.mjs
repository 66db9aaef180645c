import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { encodeOtlpProtobuf } from '../../packages/testkit/dist/index.js';

const CALLS = 60_000;
const CALLS_PER_REQUEST = 500;
const CONNECTIONS = 4;
const MODELS = ['gpt-4o', 'gpt-4o-mini', 'claude-opus-5-5'];

const attribute = (key, value) => ({
  key,
  value:
    typeof value === 'string'
      ? { stringValue: value }
      : typeof value === 'boolean'
        ? { boolValue: value }
        : Number.isInteger(value)
          ? { intValue: value }
          : { doubleValue: value },
});

/** One span as the instrumentation writes it. */
function makeSpan(index, epochMs) {
  const model = MODELS[index % MODELS.length];
  return {
    traceId: randomBytes(16),
    spanId: randomBytes(8),
    name: `chat ${model}`,
    kind: 3,
    startTimeUnixNano: `${epochMs - 900}000000`,
    endTimeUnixNano: `${epochMs}000000`,
    attributes: Object.entries({
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': 'openai',
      'gen_ai.request.model': model,
      'gen_ai.response.model': model,
      'gen_ai.response.id': `chatcmpl-${index}`,
      'gen_ai.usage.input_tokens': 1000 + (index % 500),
      'gen_ai.usage.output_tokens': 100 + (index % 90),
      'gen_ai.usage.cache_read.input_tokens': index % 300,
      'server.address': 'api.openai.com',
      'server.port': 443,
      'tokenmeter.feature': `feature-${index % 20}`,
      'tokenmeter.team': `team-${index % 5}`,
      'tokenmeter.metered': true,
      'tokenmeter.cost.total': 0.0035,
      'tokenmeter.cost.input': 0.0025,
      'tokenmeter.cost.output': 0.001,
      'tokenmeter.cost.source': 'snapshot',
      'user.id': `user-${index % 5000}`,
    }).map(([key, value]) => attribute(key, value)),
  };
}

function makeRequests() {
  const epochMs = Date.now();
  const resource = { attributes: [attribute('service.name', 'bench')] };
  return Array.from({ length: CALLS / CALLS_PER_REQUEST }, (_, request) => {
    const spans = Array.from({ length: CALLS_PER_REQUEST }, (_, span) =>
      makeSpan(request * CALLS_PER_REQUEST + span, epochMs),
    );
    return encodeOtlpProtobuf('traces', {
      resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'bench' }, spans }] }],
    });
  });
}

async function startUp(folder) {
  const readyFile = join(folder, 'ready.json');
  const main = join(import.meta.dirname, '../../packages/cli/dist/main.js');
  const child = spawn(
    process.execPath,
    [main, 'up', '--port', '0', '--data', folder, '--ready-file', readyFile],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  );
  for (let tries = 0; tries < 200; tries += 1) {
    const ready = await readFile(readyFile, 'utf8').catch(() => undefined);
    if (ready !== undefined && ready !== '') return { child, url: JSON.parse(ready).url };
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  child.kill();
  throw new Error('tokenmeter up did not become ready');
}

async function send(url, queue) {
  for (let body = queue.pop(); body !== undefined; body = queue.pop()) {
    const answer = await fetch(`${url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body,
    });
    await answer.arrayBuffer();
    if (answer.status !== 200) throw new Error(`ingest answered ${answer.status}`);
  }
}

/** Calls per second that `tokenmeter up` acknowledges after its commit, as spans in OTLP/protobuf. */
export async function ingest(progress) {
  const folder = await mkdtemp(join(tmpdir(), 'tokenmeter-bench-'));
  progress('making requests');
  const requests = makeRequests();
  const { child, url } = await startUp(folder);
  try {
    await send(url, requests.splice(0, 4));
    const count = requests.length * CALLS_PER_REQUEST;
    progress(`sending ${count} calls`);
    const started = performance.now();
    await Promise.all(Array.from({ length: CONNECTIONS }, () => send(url, requests)));
    const seconds = (performance.now() - started) / 1000;
    return [
      {
        name: 'ingest with durable acknowledgement',
        value: count / seconds,
        unit: 'calls/s',
        target: 20_000,
        isLowerBetter: false,
        note: `${count} spans in OTLP/protobuf, ${CALLS_PER_REQUEST} a request, ${CONNECTIONS} connections, sender on the same machine`,
      },
    ];
  } finally {
    child.kill('SIGTERM');
    await new Promise((resolve) => child.once('exit', resolve));
    await rm(folder, { recursive: true, force: true });
  }
}
