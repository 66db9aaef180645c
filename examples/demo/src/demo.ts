import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { bundledPriceBook } from '@tokenmeter/pricing';
import { startReplayProvider } from '@tokenmeter/testkit';
import { readAlertLine } from './alert.ts';
import { AlertWatch } from './alert-watch.ts';
import type { Child } from './child.ts';
import { Cleanup } from './cleanup.ts';
import type { DemoOptions } from './demo-options.ts';
import { buildHistory } from './history.ts';
import { launchApp, launchUp } from './launch.ts';
import { createProviderPlan } from './provider-plan.ts';
import { createRandom } from './random.ts';
import { sendHistory } from './send-history.ts';
import { type Standins, startStandins } from './standins.ts';
import { writeChannelConfig } from './standins-config.ts';
import { renderChannelReport } from './standins-report.ts';
import type { Schedule } from './traffic.ts';
import { startWebhookReceiver, type WebhookReceiver } from './webhook-receiver.ts';

/** The world as the demo meets it. */
export interface DemoIo {
  readonly print: (text: string) => void;
  /** Shows a line that the next one replaces; does nothing where nobody watches. */
  readonly progress: (text: string) => void;
  readonly env: NodeJS.ProcessEnv;
  /** Aborts when the person wants to stop. */
  readonly stop: AbortSignal;
}

const LAUNCH_AFTER_MS = 4000;
const PROMPT_AFTER_MS = 5000;
const CACHE_AFTER_MS = 6000;
const FALLBACK_AFTER_MS = 7000;
const ALERTS_WITHIN_MS = 4 * 60_000;
const APP_GRACE_MS = 700;
const UP_GRACE_MS = 900;
const KEPT_REQUESTS = 100;
const SIGNAL_SPREAD_MS = 50;

/** Runs the demo until it is stopped, or until its alerts came. Resolves with the exit code; leaves nothing behind. */
export async function runDemo(options: DemoOptions, io: DemoIo): Promise<number> {
  const cleanup = new Cleanup();
  try {
    return await runParts(options, io, cleanup);
  } catch (error) {
    if (io.stop.aborted) return 0;
    io.print(`The demo stopped: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  } finally {
    await cleanup.run();
  }
}

async function runParts(options: DemoOptions, io: DemoIo, cleanup: Cleanup): Promise<number> {
  io.print('Tokenmeter demo: a helpdesk application whose model spend goes wrong.');
  const watch = new AlertWatch();
  const signed: string[] = [];
  const webhook = await startWebhookReceiver((alert) => {
    signed.push(alert.text.split('\n', 1)[0] ?? '');
    watch.note('webhook', alert);
  });
  cleanup.add(() => webhook[Symbol.asyncDispose]());
  const standins = await startStandins(({ channel, headline }) =>
    watch.noteHeadline(channel, headline),
  );
  cleanup.add(() => standins[Symbol.asyncDispose]());
  const dataDir = await mkdtemp(join(tmpdir(), 'tokenmeter-demo-'));
  cleanup.add(() => rm(dataDir, { recursive: true, force: true }));
  const onLine = (line: string): void => {
    const alert = readAlertLine(line);
    if (alert === undefined) return;
    io.print(`\n${alert.text.trim()}`);
    watch.note('stdout', alert);
  };
  const { env, stop } = io;
  const config = await writeChannelConfig(join(dataDir, 'tokenmeter.yaml'), standins);
  const up = await launchUp({ dataDir, port: options.port, webhook, config, env, onLine, stop });
  cleanup.add(() => up.child.stop(UP_GRACE_MS));
  const upEpochMs = Date.now();
  io.print(`  page    ${up.url}`);
  await seedHistory(options, io, up.url);
  const schedule = scheduleFrom(Date.now());
  const app = await startApplication(options, io, { upUrl: up.url, schedule, cleanup });
  for (const line of storyOf(schedule, join(dataDir, 'ledger'))) io.print(line);
  const children = [up.child, app];
  if (!options.untilAlerts) return await untilStopped(children, io);
  return await untilAlerts(children, io, { watch, webhook, standins, signed, upEpochMs });
}

async function seedHistory(options: DemoOptions, io: DemoIo, url: string): Promise<void> {
  const startEpochMs = Date.now();
  const history = buildHistory({
    endEpochMs: startEpochMs,
    seed: options.seed,
    book: bundledPriceBook(),
  });
  const onProgress = (share: number): void =>
    io.progress(`  past    making up four weeks of usual traffic: ${Math.round(share * 100)} %`);
  await sendHistory(url, history, { onProgress, signal: io.stop });
  io.progress('');
  const seconds = ((Date.now() - startEpochMs) / 1000).toFixed(1);
  io.print(`  past    four weeks of usual traffic, made up and marked as seeded (${seconds} s)`);
}

async function startApplication(
  options: DemoOptions,
  io: DemoIo,
  parts: { readonly upUrl: string; readonly schedule: Schedule; readonly cleanup: Cleanup },
): Promise<Child> {
  const plan = createProviderPlan(createRandom(options.seed + 1));
  const provider = { plan, logLimit: KEPT_REQUESTS };
  const openai = await startReplayProvider(provider);
  parts.cleanup.add(() => openai[Symbol.asyncDispose]());
  const anthropic = await startReplayProvider(provider);
  parts.cleanup.add(() => anthropic[Symbol.asyncDispose]());
  const app = launchApp({
    upUrl: parts.upUrl,
    openaiUrl: openai.url,
    anthropicUrl: anthropic.url,
    schedule: parts.schedule,
    seed: options.seed + 2,
    env: io.env,
  });
  parts.cleanup.add(() => app.stop(APP_GRACE_MS));
  return app;
}

function scheduleFrom(epochMs: number): Schedule {
  return {
    launchEpochMs: epochMs + LAUNCH_AFTER_MS,
    promptEpochMs: epochMs + PROMPT_AFTER_MS,
    cacheEpochMs: epochMs + CACHE_AFTER_MS,
    fallbackEpochMs: epochMs + FALLBACK_AFTER_MS,
  };
}

function storyOf(schedule: Schedule, ledgerDir: string): readonly string[] {
  const time = (epochMs: number): string => new Date(epochMs).toTimeString().slice(0, 8);
  return [
    '  now     real calls through openai and @anthropic-ai/sdk to a local replay provider',
    `  soon    ${time(schedule.launchEpochMs)} smart-reply launches (10 x calls); ${time(schedule.promptEpochMs)} summarize gets prompt v2 (3 x tokens)`,
    `          ${time(schedule.cacheEpochMs)} search-answers loses its prompt cache; ${time(schedule.fallbackEpochMs)} triage falls back to a model of 5 x the price`,
    '  alerts  within about three minutes, printed here and sent to stand-ins for Slack, PagerDuty, mail and a signed webhook',
    `  ask     npm run -s tokenmeter -- sql --data ${ledgerDir} "FROM llm_telemetry LIMIT 5"`,
    '  stop    Ctrl-C',
  ];
}

async function untilStopped(children: readonly Child[], io: DemoIo): Promise<number> {
  const ended = await Promise.race([stopped(io.stop), firstEnding(children)]);
  // Ctrl-C reaches the children as well, and theirs may be the first end that we see.
  await sleep(SIGNAL_SPREAD_MS);
  if (ended === undefined || io.stop.aborted) return 0;
  io.print(ended);
  return 1;
}

async function untilAlerts(
  children: readonly Child[],
  io: DemoIo,
  context: {
    readonly watch: AlertWatch;
    readonly webhook: WebhookReceiver;
    readonly standins: Standins;
    /** Headlines of the signed webhooks. */
    readonly signed: readonly string[];
    readonly upEpochMs: number;
  },
): Promise<number> {
  const { watch, webhook, standins, signed, upEpochMs } = context;
  const done = new AbortController();
  const remainingMs = ALERTS_WITHIN_MS - (Date.now() - upEpochMs);
  const late = sleep(remainingMs, 'no', { signal: done.signal }).catch(() => 'no');
  const outcome = await Promise.race([
    watch.complete.then(() => 'yes'),
    stopped(io.stop).then(() => 'stopped'),
    firstEnding(children),
    late,
  ]);
  done.abort();
  const seconds = Math.round((Date.now() - upEpochMs) / 1000);
  if (outcome === 'yes') {
    io.print(`\nAll four incidents were detected and delivered, ${seconds} s after start.`);
    for (const line of renderChannelReport(standins.received, signed)) io.print(line);
    const others = watch.unexpected();
    if (others.length === 0) return 0;
    io.print(`Told beside them, though nothing of the kind happened: ${others.join(', ')}.`);
    return 1;
  }
  io.print(
    `\nThe alerts did not all come: ${watch.missing().join(', ')} missing after ${seconds} s.`,
  );
  if (outcome !== 'no') io.print(outcome);
  if (webhook.refused() > 0) io.print(`${webhook.refused()} webhook deliveries were refused.`);
  for (const words of standins.refusals()) io.print(`A stand-in refused a message: ${words}`);
  for (const child of children) io.print(lastWords(child));
  return 1;
}

function stopped(signal: AbortSignal): Promise<undefined> {
  if (signal.aborted) return Promise.resolve(undefined);
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
}

async function firstEnding(children: readonly Child[]): Promise<string> {
  return await Promise.race(
    children.map(async (child) => {
      const words = await child.ended;
      return `${child.name} ${words}\n${lastWords(child)}`;
    }),
  );
}

function lastWords(child: Child): string {
  const lines = child.errorLines();
  if (lines.length === 0) return `${child.name} wrote no errors.`;
  return `${child.name} wrote last:\n  ${lines.join('\n  ')}`;
}
