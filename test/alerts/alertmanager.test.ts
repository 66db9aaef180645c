import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { noticeOf } from '../../packages/worker/src/alerts.test-kit.ts';
import { createAlertmanagerNotifier } from '../../packages/worker/src/channels/alertmanager-notifier.ts';
import { startHttpFarEnd } from '../../packages/worker/src/http-far-end.test-kit.ts';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { answersWell, startProgram } from '../support/start-program.ts';

const alertmanager = findComponent('alertmanager');
const NEVER = new AbortController().signal;
const VALID_MS = 5 * 60_000;

type Json = Readonly<Record<string, unknown>>;

/** A real Alertmanager whose only receiver is ours. */
async function startAlertmanager(binary: string, folder: string) {
  const told: string[] = [];
  const receiver = await startHttpFarEnd({ kind: 'accepts' }, ({ body }) => {
    const { alerts }: { alerts: readonly Json[] } = JSON.parse(body);
    for (const { status, labels } of alerts) {
      told.push(`${String(status)} ${String(Reflect.get(Object(labels), 'severity'))}`);
    }
    return { status: 200 };
  });
  const config = join(folder, 'alertmanager.yml');
  await writeFile(
    config,
    `
route: {receiver: us, group_by: [alertname, severity], group_wait: 1s, group_interval: 1s, repeat_interval: 1h}
receivers: [{name: us, webhook_configs: [{url: "${receiver.origin}/", send_resolved: true}]}]
`,
  );
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const program = await startProgram(binary, {
    cwd: folder,
    args: [
      `--config.file=${config}`,
      `--storage.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
      '--cluster.listen-address=',
    ],
    isReady: () => answersWell(`${url}/-/ready`),
  });
  return {
    url,
    told,
    async [Symbol.asyncDispose]() {
      await program[Symbol.asyncDispose]();
      await receiver.close();
    },
  };
}

async function alertsOf(url: string): Promise<readonly Json[]> {
  const answer = await fetch(`${url}/api/v2/alerts?active=true`);
  const alerts: unknown = await answer.json();
  return Array.isArray(alerts) ? alerts : [];
}

async function until(isTrue: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 120_000;
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

test('a real Alertmanager is told that an alert fires, rises, stays and ends', async ({ skip }) => {
  if (!alertmanager.isThere) return skip(alertmanager.why);
  await using folder = await makeFolder();
  await using real = await startAlertmanager(alertmanager.path, folder.path);
  const notifier = createAlertmanagerNotifier({ url: real.url, timeZone: 'Europe/Berlin' });
  const now = Date.now();
  const at = { startedEpochMs: now - 60_000, epochMs: now };

  expect(await notifier.send(noticeOf('volume', { ...at, severity: 'warning' }), NEVER)).toEqual({
    outcome: 'delivered',
  });
  await until(() => real.told.includes('firing warning'));
  const [alert] = await alertsOf(real.url);
  expect(alert).toMatchObject({
    labels: { alertname: 'TokenmeterVolume', service: 'shop', feature: 'support-bot' },
    annotations: { runbook_url: 'https://spend.example.com/runbooks/volume' },
    generatorURL: 'https://spend.example.com/?page=alerts#inc-volume-1',
    status: { state: 'active' },
  });

  await notifier.send(noticeOf('volume', { ...at, transition: 'escalated' }), NEVER);
  await until(
    () => real.told.includes('firing critical') && real.told.includes('resolved warning'),
  );

  const before = Date.parse(String((await alertsOf(real.url))[0]?.endsAt));
  await notifier.refresh?.send([noticeOf('volume', at)], NEVER);
  const [again, ...others] = await alertsOf(real.url);
  expect(others).toEqual([]);
  expect(Date.parse(String(again?.endsAt))).toBeGreaterThan(before);

  const ended = noticeOf('volume', { ...at, transition: 'resolved', resolvedEpochMs: now });
  expect(await notifier.refresh?.send([ended], NEVER)).toEqual({ outcome: 'delivered' });
  await until(() => real.told.includes('resolved critical'));
  expect(await alertsOf(real.url)).toEqual([]);
}, 60_000);

test('an alert that nobody sends again ends by itself, and one that is sent again does not', async ({
  skip,
}) => {
  if (!alertmanager.isThere) return skip(alertmanager.why);
  await using folder = await makeFolder();
  await using real = await startAlertmanager(alertmanager.path, folder.path);
  // A clock that is behind leaves three seconds of the five minutes.
  const notifier = createAlertmanagerNotifier({
    url: real.url,
    now: () => Date.now() - VALID_MS + 3000,
  });
  const at = { startedEpochMs: Date.now() - 2 * VALID_MS, epochMs: Date.now() };
  const [lost, kept] = [noticeOf('volume', at), noticeOf('budget', at)];
  await notifier.refresh?.send([lost, kept], NEVER);
  await until(() => real.told.includes('firing critical') && real.told.includes('firing warning'));
  const timer = setInterval(() => void notifier.refresh?.send([kept], NEVER), 500);
  await until(() => real.told.includes('resolved critical')).finally(() => clearInterval(timer));
  expect(real.told).not.toContain('resolved warning');
}, 60_000);
