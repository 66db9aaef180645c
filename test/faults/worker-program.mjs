// A worker in virtual time that does what its parent says, and dies where FAULT says: `<point>:<how many times it passes>`.
import { createWebhookNotifier, startWorker } from '../../packages/worker/dist/index.js';

const {
  STATE,
  FAULT = '',
  CHANNELS = '[]',
  ROUTING = '{}',
  SECRET,
  OWN_NAME = 'worker',
} = process.env;
const [faultPoint, passes] = FAULT.split(':');
const clock = { epochMs: Number(process.env.NOW) };
let isSourceUp = process.env.SOURCE !== 'down';
let left = Number(passes ?? 0);

function checkpoint(point) {
  if (point !== faultPoint) return;
  left -= 1;
  // Nothing runs after this: no handler, no buffer, no transaction.
  if (left === 0) process.kill(process.pid, 'SIGKILL');
}

const source = {
  name: 'scripted',
  read: ({ fromEpochMs, toEpochMs }) =>
    Promise.resolve(
      isSourceUp
        ? {
            ok: true,
            minutes: minutesBetween(fromEpochMs, Math.min(toEpochMs, clock.epochMs)),
            gaps: [],
            watermarkEpochMs: clock.epochMs,
          }
        : { ok: false, isRetryable: true, reason: 'the store is away' },
    ),
};

function minutesBetween(fromEpochMs, toEpochMs) {
  const minutes = [];
  for (let at = Math.ceil(fromEpochMs / 60_000) * 60_000; at < toEpochMs; at += 60_000) {
    minutes.push({
      minuteEpochMs: at,
      labels: { service: 'shop', feature: 'chat', provider: 'openai', model: 'gpt-5-mini' },
      calls: 1,
      costUsd: 0.01,
      inputTokens: 100,
      cacheReadTokens: 0,
      outputTokens: 10,
      unpricedCalls: 0,
      cacheHits: 0,
      cacheMisses: 0,
      errors: 0,
      retries: 0,
    });
  }
  return minutes;
}

const worker = await startWorker({
  source,
  notifiers: JSON.parse(CHANNELS).map(({ name, url }) =>
    createWebhookNotifier({ name, url, secret: SECRET, timeoutSeconds: 1 }),
  ),
  statePath: STATE,
  rules: [],
  lookbackDays: 1,
  evaluationSeconds: 3600,
  routing: JSON.parse(ROUTING),
  clock: () => clock.epochMs,
  checkpoint,
  logger: { warn: (text) => process.send?.({ kind: 'warning', text: `${OWN_NAME}: ${text}` }) },
});
await worker.evaluateNow();
process.send?.({ kind: 'ready' });

process.on('message', async (order) => {
  clock.epochMs = order.epochMs;
  isSourceUp = order.isSourceUp;
  if (order.acknowledge) {
    const [open] = worker.incidents().filter(({ state }) => state === 'firing');
    if (open)
      worker.desk.act(open.incidentId, {
        kind: 'acknowledge',
        epochMs: clock.epochMs,
        actor: 'ann',
      });
  }
  await worker.evaluateNow();
  await worker.flush();
  process.send?.({ kind: 'done', isStandby: worker.stats().isStandby });
});
process.on('disconnect', () => void worker.close());
