// How fast incidents reach people: one evaluation that fires 10,000 at once, the outbox to local receivers, and the way
// from evidence in the source to the delivery in wall time.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Deliveries } from '../../packages/worker/dist/delivery/deliveries.js';
import { createDescriber } from '../../packages/worker/dist/incidents/describe-notice.js';
import { IncidentBook } from '../../packages/worker/dist/incidents/incident-book.js';
import { NoticeQueue } from '../../packages/worker/dist/incidents/notice-queue.js';
import { createWebhookNotifier, startWorker } from '../../packages/worker/dist/index.js';
import { completeRouting } from '../../packages/worker/dist/routing/default-routing.js';
import { StateStore } from '../../packages/worker/dist/state/state-store.js';

const MINUTE = 60_000;
const INCIDENTS = 10_000;
const DELIVERED = 3000;
const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;
/** As the embedded ledger: senders export every 15 seconds. */
const SETTLE_SECONDS = 20;
const SILENT = { warn: () => undefined };

function finding(index, epochMs, severity = 'critical') {
  return {
    rule: 'volume',
    severity,
    labels: { service: `service-${index % 100}`, feature: `feature-${index}` },
    epochMs,
    quantity: 'calls',
    observed: 3120 + index,
    expected: { low: 700, mid: 1020, high: 1480, basis: 'usual for Tuesday 14:00, 5 weeks' },
    windowMinutes: 60,
    score: 9,
    usdPerHour: 41.2,
    sinceEpochMs: epochMs - 14 * MINUTE,
    decomposition: { volume: 40, mix: 1.2 },
    contributors: [{ dimension: 'model', name: 'gpt-5-mini', share: 0.86 }],
    evidenceCalls: 3120,
  };
}

async function startReceiver(onRequest) {
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      onRequest(request);
      response.writeHead(204).end();
    });
  });
  server.keepAliveTimeout = 60_000;
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}

function openBook(folder, name, channels) {
  const store = new StateStore(join(folder, name));
  const describe = createDescriber({
    timeZone: 'Europe/Berlin',
    baseUrl: 'https://tokenmeter.example.com',
  });
  const queue = new NoticeQueue({ store, describe, timeZone: 'Europe/Berlin' });
  const routing = completeRouting({ hasBuiltInInhibitions: true }, channels, {});
  return { store, describe, book: new IncidentBook({ store, queue, routing, shard: '' }) };
}

/** Commits evaluations that find everything again, the first of which fires all; seconds of each, and of CPU. */
function commitAll(folder, { name, incidents, minutes }) {
  const { store, book } = openBook(folder, name, ['chat']);
  const start = Date.UTC(2026, 9, 9, 14);
  const seconds = [];
  const cpuSeconds = [];
  for (let minute = 0; minute < minutes; minute += 1) {
    const epochMs = start + minute * MINUTE;
    const findings = Array.from({ length: incidents }, (_, index) => finding(index, epochMs));
    const judgement = { epochMs, findings, unknownRules: new Set() };
    const began = performance.now();
    const cpu = process.cpuUsage();
    book.evaluate(judgement, { nowEpochMs: epochMs, isAllowed: () => true });
    seconds.push((performance.now() - began) / 1000);
    const { user, system } = process.cpuUsage(cpu);
    cpuSeconds.push((user + system) / 1e6);
  }
  store[Symbol.dispose]();
  const [first, ...later] = seconds;
  const median = later.sort((a, b) => a - b)[Math.floor(later.length / 2)];
  return { first, later: median, firstCpu: cpuSeconds[0] };
}

/** Empties an outbox into local receivers, one and four channels. */
async function deliverAll(folder, channelCount) {
  let count = 0;
  const receivers = await Promise.all(
    Array.from({ length: channelCount }, () => startReceiver(() => (count += 1))),
  );
  const names = receivers.map((_, index) => `hook-${index}`);
  const { store, describe, book } = openBook(folder, `deliver-${channelCount}.sqlite`, names);
  const epochMs = Date.now();
  const findings = Array.from({ length: DELIVERED / channelCount }, (_, index) =>
    finding(index, epochMs),
  );
  book.evaluate(
    { epochMs, findings, unknownRules: new Set() },
    { nowEpochMs: epochMs, isAllowed: () => true },
  );
  const deliveries = new Deliveries({
    store,
    describe,
    notifiers: receivers.map(({ url }, index) =>
      createWebhookNotifier({ name: names[index], url, secret: SECRET }),
    ),
    now: Date.now,
    logger: SILENT,
    timeZone: 'UTC',
    fallbackChannel: undefined,
  });
  const began = performance.now();
  await deliveries.wake();
  const seconds = (performance.now() - began) / 1000;
  await deliveries.close(0);
  store[Symbol.dispose]();
  for (const receiver of receivers) receiver.close();
  return count / seconds;
}

/** A budget of a cent: the first priced call breaks it, so that the evidence is one row at a known time. */
async function fromEvidence(folder, progress) {
  const evidence = new Map();
  const waits = [];
  const services = 40;
  const rows = [];
  const receiver = await startReceiver((request) => {
    const id = request.headers['webhook-id'] ?? '';
    if (String(id).endsWith(':firing')) arrivals.push([String(id), Date.now()]);
  });
  const arrivals = [];
  const seen = [];
  const notifier = createWebhookNotifier({ name: 'hook', url: receiver.url, secret: SECRET });
  const watched = {
    ...notifier,
    send: async (notice, signal, handle) => {
      const delivery = await notifier.send(notice, signal, handle);
      if (notice.transition === 'firing') seen.push([notice.finding.labels.service, Date.now()]);
      return delivery;
    },
  };
  const periodOf = (epochMs) => {
    const startEpochMs = Math.floor(epochMs / 86_400_000) * 86_400_000;
    return { startEpochMs, endEpochMs: startEpochMs + 86_400_000 };
  };
  const rules = Array.from({ length: services }, (_, index) => ({
    name: 'budget',
    limitUsd: 0.01,
    period: 'day',
    periodOf,
    labels: { service: `service-${index}` },
    infoShare: 0.5,
    warningShare: 0.8,
  }));
  const worker = await startWorker({
    source: {
      name: 'rows',
      settleSeconds: SETTLE_SECONDS,
      read: ({ fromEpochMs, toEpochMs }) =>
        Promise.resolve({
          ok: true,
          minutes: rows.filter(
            (row) => row.minuteEpochMs >= fromEpochMs && row.minuteEpochMs < toEpochMs,
          ),
          gaps: [],
          watermarkEpochMs: Math.floor((Date.now() - SETTLE_SECONDS * 1000) / MINUTE) * MINUTE,
        }),
    },
    notifiers: [watched],
    statePath: join(folder, 'evidence.sqlite'),
    rules,
    lookbackDays: 1,
  });
  const end = Date.now() + 4 * MINUTE;
  let next = 0;
  while (Date.now() < end && seen.length < services) {
    if (next < services && Date.now() < end - 2 * MINUTE) {
      const service = `service-${next}`;
      // What happened in a minute counts from its end: no minute is judged before it is whole.
      const minuteEpochMs = Math.floor(Date.now() / MINUTE) * MINUTE;
      rows.push(rowOf(service, minuteEpochMs));
      evidence.set(service, { writtenEpochMs: Date.now(), wholeEpochMs: minuteEpochMs + MINUTE });
      next += 1;
    }
    progress(`evidence ${next} of ${services}, delivered ${seen.length}`);
    await new Promise((resolve) => setTimeout(resolve, 3000));
  }
  await worker.close();
  receiver.close();
  for (const [service, epochMs] of seen) {
    const known = evidence.get(service);
    if (known)
      waits.push({ written: epochMs - known.writtenEpochMs, whole: epochMs - known.wholeEpochMs });
  }
  const p95 = (name) => {
    const sorted = waits.map((one) => one[name]).sort((a, b) => a - b);
    return (sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN) / 1000;
  };
  return { count: waits.length, written: p95('written'), whole: p95('whole') };
}

function rowOf(service, minuteEpochMs) {
  return {
    minuteEpochMs,
    labels: { service, feature: 'chat', provider: 'openai', model: 'gpt-5-mini' },
    calls: 100,
    costUsd: 1,
    inputTokens: 1000,
    cacheReadTokens: 0,
    outputTokens: 100,
    unpricedCalls: 0,
    cacheHits: 0,
    cacheMisses: 0,
    errors: 0,
    retries: 0,
  };
}

export async function delivery(progress) {
  const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-bench-delivery-'));
  try {
    progress('evaluations');
    // A worker that runs has done this before, if not with so many.
    commitAll(folder, { name: 'warm.sqlite', incidents: 500, minutes: 3 });
    const all = { name: 'commit.sqlite', incidents: INCIDENTS, minutes: 6 };
    const { first, later, firstCpu } = commitAll(folder, all);
    progress('outbox to one receiver');
    const one = await deliverAll(folder, 1);
    progress('outbox to four receivers');
    const four = await deliverAll(folder, 4);
    const rows = [
      {
        name: 'delivery: 10,000 incidents fire',
        value: first,
        unit: 's',
        target: 1,
        isLowerBetter: true,
        note: `states, notices, commit; ${firstCpu.toFixed(2)} s of CPU`,
      },
      {
        name: 'delivery: 10,000 incidents last',
        value: later,
        unit: 's',
        target: 1,
        isLowerBetter: true,
        note: 'the same a minute later, median',
      },
      {
        name: 'delivery: outbox, 1 channel',
        value: one,
        unit: 'deliveries/s',
        target: 500,
        note: 'signed webhooks to a local receiver',
      },
      {
        name: 'delivery: outbox, 4 channels',
        value: four,
        unit: 'deliveries/s',
        target: 500,
        note: 'sum of the channels',
      },
    ];
    if (process.env.TOKENMETER_LONG_TESTS !== '1') return rows;
    const evidence = await fromEvidence(folder, progress);
    return [
      ...rows,
      {
        name: 'delivery: evidence to delivered, p95',
        value: evidence.whole,
        unit: 's',
        target: 60,
        isLowerBetter: true,
        note: `${evidence.count} incidents, from the end of the minute`,
      },
      {
        name: 'delivery: row written to delivered, p95',
        value: evidence.written,
        unit: 's',
        note: 'the minute itself included',
      },
    ];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
