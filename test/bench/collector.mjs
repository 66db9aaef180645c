import { spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  CONFIG_FOLDER,
  composeCollector,
  readConfigFile,
  renderConfigArguments,
} from '../../collector-config/dist/index.js';
import { GO_GC_PERCENT } from '../../packages/cli/dist/collector-environment.js';
import { encodeOtlpProtobuf } from '../../packages/testkit/dist/index.js';
import { median } from './processes.mjs';

const SPANS_EACH = 200;
const WARM_REQUESTS = 20;
const REQUESTS = 200;
const LANES = 4;
const TICKS_PER_SECOND = 100;
const STARTS = 5;

const SHORT_WAY = ['groupbyattrs/intake', 'resource/tables', 'transform/plain'];
const READ = [...SHORT_WAY, 'transform/normalise'];
const LONG_WAY = { TOKENMETER_SHORT_WAY: 'off' };

/**
 * How far a span goes at each stage; whatever a stage leaves out, later ones add. Spans in the conventions' words take the short
 * way, which reads and prices in one; switched off, they take the way of every other dialect.
 */
const STAGES = [
  { name: 'pass-through', processors: [] },
  { name: '+ normalise and price', processors: SHORT_WAY },
  { name: '+ privacy', processors: [...SHORT_WAY, 'transform/privacy'] },
  { name: '+ meter (everything)' },
  { name: 'long way: + normalise', processors: READ, env: LONG_WAY },
  { name: 'long way: + price', processors: [...READ, 'transform/price'], env: LONG_WAY },
  { name: 'long way: everything', env: LONG_WAY },
];
const WHOLE = STAGES.findIndex(({ processors }) => processors === undefined);
/**
 * Targets in µs were set on a machine that takes 3.4 µs for the same span passed through. What another machine takes tells of
 * itself first; the share of passing through tells of the configuration.
 */
const FOREIGN = { micros: 30, share: 30 / 3.4 };
const OWN = { micros: 6, share: 6 / 3.4 };

function collectorBinary() {
  const script = join(import.meta.dirname, '../../scripts/components.mjs');
  const answer = spawnSync(process.execPath, [script, 'collector'], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const path = JSON.parse(answer.stdout || '{}')['otelcol-tokenmeter'];
  if (path === undefined) throw new Error('the Collector could not be built');
  return path;
}

/** Cut off before the meter, the journal reads what nobody sends. */
function overrideOf({ processors }) {
  if (processors === undefined) return [];
  const isEmpty = processors.length === 0;
  const pipelines = {
    // Where nothing is read, nothing is told apart.
    ...(isEmpty && {
      'traces/intake': { processors: ['memory_limiter'], exporters: ['forward/metered'] },
      'traces/others': { receivers: ['otlp/journal'] },
    }),
    'traces/calls': {
      ...(isEmpty && { receivers: ['otlp/journal'] }),
      processors,
      exporters: ['forward/metered'],
    },
    'traces/done': { receivers: ['otlp/journal'], exporters: ['forward/metered'] },
    'traces/rest': { receivers: ['otlp/journal'], exporters: ['forward/metered'] },
    'metrics/journal': { receivers: ['otlp'] },
  };
  return ['--config', `yaml:${JSON.stringify({ service: { pipelines } })}`];
}

async function startCollector(binary, stage, index) {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-bench-'));
  const composed = composeCollector({ backends: ['debug'] }, readConfigFile);
  const port = 9600 + index * 10;
  const args = [...renderConfigArguments(composed.composition, '.'), ...overrideOf(stage)];
  // The debug backend only completes the composition: a line per export, nothing per span.
  args.push('--config', 'yaml:exporters: {debug/tokenmeter: {verbosity: basic}}');
  const started = performance.now();
  const child = spawn(binary, args, {
    cwd: CONFIG_FOLDER,
    stdio: 'ignore',
    env: {
      // As `tokenmeter collector run` starts it.
      GOGC: GO_GC_PERCENT,
      ...process.env,
      TOKENMETER_QUEUE_DIR: join(folder, 'queue'),
      TOKENMETER_OTLP_PORT: String(port),
      TOKENMETER_OTLP_GRPC_PORT: String(port + 1),
      TOKENMETER_JOURNAL_PORT: String(port + 2),
      TOKENMETER_HEALTH_PORT: String(port + 3),
      TOKENMETER_SELF_METRICS_PORT: String(port + 4),
      TOKENMETER_RUN_ID: 'bench',
      ...stage.env,
    },
  });
  const ended = new Promise((resolve) => child.once('exit', resolve));
  for (;;) {
    if (child.exitCode !== null) throw new Error(`the Collector does not start with ${stage.name}`);
    const answer = await fetch(`http://127.0.0.1:${port + 3}/`).catch(() => undefined);
    if (answer?.ok) break;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  return {
    url: `http://127.0.0.1:${port}/v1/traces`,
    startMs: performance.now() - started,
    cpuSeconds: () => {
      const fields = readFileSync(`/proc/${child.pid}/stat`, 'utf8').split(') ')[1].split(' ');
      return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
    },
    rssMib: () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))[1]) / 1024,
    async stop() {
      child.kill('SIGTERM');
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const text = (key, stringValue) => ({ key, value: { stringValue } });
const count = (key, intValue) => ({ key, value: { intValue: String(intValue) } });

/** Fifteen attributes, as an instrumentation of the current conventions writes them. */
function spanOf(index, isOwn) {
  const models = ['gpt-4o', 'gpt-4o-mini', 'gpt-5.1', 'gpt-4.1'];
  const model = models[index % models.length];
  return {
    traceId: randomBytes(16),
    spanId: randomBytes(8),
    name: `chat ${model}`,
    kind: 3,
    startTimeUnixNano: '1795219200000000000',
    endTimeUnixNano: '1795219201000000000',
    attributes: [
      text('gen_ai.operation.name', 'chat'),
      text('gen_ai.provider.name', 'openai'),
      text('gen_ai.request.model', model),
      text('gen_ai.response.model', model),
      text('gen_ai.response.id', `chatcmpl-${index}`),
      count('gen_ai.usage.input_tokens', 1000 + index),
      count('gen_ai.usage.output_tokens', 500),
      count('gen_ai.usage.cache_read.input_tokens', 200),
      text('gen_ai.conversation.id', `conversation-${index % 50}`),
      text('tokenmeter.feature', `feature-${index % 10}`),
      text('tokenmeter.team', 'search'),
      text('http.route', '/answer'),
      text('server.address', 'api.openai.com'),
      text(
        'gen_ai.input.messages',
        '[{"role":"user","parts":[{"type":"text","content":"hello"}]}]',
      ),
      isOwn
        ? { key: 'tokenmeter.metered', value: { boolValue: true } }
        : text('gen_ai.output.type', 'text'),
    ],
  };
}

function bodyOf(isOwn) {
  const spans = Array.from({ length: SPANS_EACH }, (_, index) => spanOf(index, isOwn));
  const scope = { name: 'opentelemetry.instrumentation.openai_v2' };
  return encodeOtlpProtobuf('traces', {
    resourceSpans: [
      { resource: { attributes: [text('service.name', 'bench')] }, scopeSpans: [{ scope, spans }] },
    ],
  });
}

async function send(url, body, requests) {
  let left = requests;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      const headers = { 'content-type': 'application/x-protobuf' };
      const answer = await fetch(url, { method: 'POST', headers, body });
      await answer.arrayBuffer();
      if (answer.status !== 200) throw new Error(`the Collector answered ${answer.status}`);
    }
  };
  await Promise.all(Array.from({ length: LANES }, lane));
}

/** Microseconds of the Collector's CPU per span, journal and merging included. */
async function measure(collector, isOwn) {
  const body = bodyOf(isOwn);
  await send(collector.url, body, WARM_REQUESTS);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  const before = collector.cpuSeconds();
  await send(collector.url, body, REQUESTS);
  await new Promise((resolve) => setTimeout(resolve, 1500));
  return ((collector.cpuSeconds() - before) * 1e6) / (REQUESTS * SPANS_EACH);
}

/** A figure in µs, and where it has targets what it is to passing through. */
function rowsOf(name, { micros, passed, target }) {
  const note = `${SPANS_EACH} spans a request, 15 attributes, ${LANES} connections`;
  const row = { name, value: micros, unit: 'µs CPU', note };
  if (target === undefined) return [row];
  return [
    { ...row, target: target.micros, isLowerBetter: true },
    {
      name: `${name} / pass-through`,
      value: micros / passed,
      unit: '×',
      target: target.share,
      isLowerBetter: true,
      note: `${passed.toFixed(2)} µs for the same span passed through, in this run`,
    },
  ];
}

/** What a span costs in the Collector, stage by stage, and what the Collector itself costs. */
export async function collector(progress) {
  const binary = collectorBinary();
  const rows = [];
  let passed = Number.NaN;
  for (const [index, stage] of STAGES.entries()) {
    progress(`Collector: ${stage.name}`);
    const running = await startCollector(binary, stage, index);
    const isWhole = index === WHOLE;
    const micros = await measure(running, false);
    if (index === 0) passed = micros;
    const target = isWhole ? FOREIGN : undefined;
    rows.push(...rowsOf(`collector: foreign span, ${stage.name}`, { micros, passed, target }));
    if (isWhole) {
      rows.push(
        ...rowsOf('collector: own span', {
          micros: await measure(running, true),
          passed,
          target: OWN,
        }),
        { name: 'collector: foreign spans per core', value: 1e6 / micros, unit: 'spans/s' },
        {
          name: 'collector: memory under load',
          value: running.rssMib(),
          unit: 'MiB',
          target: 150,
          isLowerBetter: true,
        },
      );
    }
    await running.stop();
  }
  progress('Collector: start');
  const starts = [];
  for (let index = 0; index < STARTS; index += 1) {
    const running = await startCollector(binary, STAGES[WHOLE], index + STAGES.length);
    starts.push(running.startMs / 1000);
    await running.stop();
  }
  rows.push({
    name: 'collector: start until it takes spans',
    value: median(starts),
    unit: 's',
    target: 1.5,
    isLowerBetter: true,
    note: `median of ${STARTS}`,
  });
  return rows;
}
