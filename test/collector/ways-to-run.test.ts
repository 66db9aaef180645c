import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startOtlpSink, takePort } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { cleanEnvironment, makeFolder, root, runTokenmeter } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { answersWell, startProgram } from '../support/start-program.ts';
import { CALL_USD, foreignSpans, sendTraces } from './foreign-spans.ts';
import { runCollector } from './run-collector.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';

test.skipIf(!collector.isThere)(
  'an agent meters, a gateway that knows its senders passes on, and nothing is counted twice',
  { timeout: 240_000 },
  async () => {
    await using agentFolder = await makeFolder();
    await using gatewayFolder = await makeFolder();
    await using sink = await startOtlpSink();
    const tokens = join(gatewayFolder.path, 'tokens');
    writeFileSync(tokens, 'first-token\nsecond-token\n');
    await using gateway = await runCollector({
      binary,
      folder: gatewayFolder.path,
      backends: ['otlp'],
      args: ['--role', 'gateway', '--auth', 'bearer'],
      env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url, TOKENMETER_OTLP_TOKEN_FILE: tokens },
    });
    const gatewayUrl = gateway.url.replace('0.0.0.0', '127.0.0.1');
    expect(await sendTraces(gatewayUrl, foreignSpans([{}]))).toBe(401);
    const bad = { authorization: 'Bearer wrong' };
    expect(await sendTraces(gatewayUrl, foreignSpans([{}]), bad)).toBe(401);
    await using agent = await runCollector({
      binary,
      folder: agentFolder.path,
      backends: ['otlp'],
      args: ['--role', 'agent'],
      env: {
        TOKENMETER_BACKEND_OTLP_ENDPOINT: gatewayUrl,
        TOKENMETER_BACKEND_OTLP_HEADERS: '{authorization: Bearer second-token}',
      },
    });
    expect(await sendTraces(agent.url, foreignSpans([{}, {}, {}]))).toBe(200);
    await agent.stop();
    await gateway.stop();
    expect(sink.spans()).toHaveLength(3);
    expect(sink.sumOf('tokenmeter.calls')).toBe(3);
    expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(3 * CALL_USD, 12);
  },
);

test.skipIf(!collector.isThere)(
  'a written folder runs by its start script alone, with the prices of a price file',
  { timeout: 240_000 },
  async () => {
    await using folder = await makeFolder();
    await using sink = await startOtlpSink();
    const prices = join(root, 'examples/prices/article.json');
    const out = join(folder.path, 'out');
    const finished = await runTokenmeter(
      ['collector', 'config', '--backend', 'otlp', '--prices', prices, '--out', out, '--merged'],
      { cwd: folder.path },
    );
    expect(finished.stderr).toContain('TOKENMETER_BACKEND_OTLP_ENDPOINT is not set');
    expect(finished.code).toBe(0);
    const start = join(out, 'start.sh');
    const unset = spawnSync(start, { env: cleanEnvironment(), encoding: 'utf8' });
    expect(unset.status).toBe(2);
    expect(unset.stderr).toContain(
      'TOKENMETER_BACKEND_OTLP_ENDPOINT is not set; backends/otlp.yaml',
    );
    const open = spawnSync(start, {
      env: {
        ...cleanEnvironment(),
        TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url,
        TOKENMETER_OTLP_HOST: '0.0.0.0',
      },
      encoding: 'utf8',
    });
    expect(open.status).toBe(2);
    expect(open.stderr).toContain('would take spans from anyone');
    const [port, grpcPort, journalPort, healthPort, metricsPort] = [1, 2, 3, 4, 5].map(takePort);
    await using running = await startProgram(start, {
      args: [],
      cwd: folder.path,
      env: {
        ...cleanEnvironment(),
        TOKENMETER_COLLECTOR: binary,
        TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url,
        TOKENMETER_OTLP_PORT: String(port),
        TOKENMETER_OTLP_GRPC_PORT: String(grpcPort),
        TOKENMETER_JOURNAL_PORT: String(journalPort),
        TOKENMETER_HEALTH_PORT: String(healthPort),
        TOKENMETER_SELF_METRICS_PORT: String(metricsPort),
      },
      isReady: () => answersWell(`http://127.0.0.1:${healthPort}/`),
    });
    expect(await sendTraces(`http://127.0.0.1:${port}`, foreignSpans([{}]))).toBe(200);
    await sink.until(() => sink.sumOf('tokenmeter.calls') === 1, 120_000);
    // The article's example: 1,000 in and 500 out at $5 and $15 per million.
    expect(sink.sumOf('tokenmeter.cost')).toBeCloseTo(0.0125, 12);
    expect(running.output()).not.toMatch(/error/i);
    const merged = readFileSync(join(out, 'collector.yaml'), 'utf8');
    expect(merged).not.toContain('${file:');
  },
);
