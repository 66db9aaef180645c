import { expect, test } from 'vitest';
import { bundledPriceBook } from '../../packages/pricing/src/index.ts';
import { startServer } from '../../packages/server/src/index.ts';
import { CALL_EXPORTS } from '../collector/call-exports.ts';
import { HOSTILE_CALL, HOSTILE_SPANS } from '../collector/hostile-spans.ts';
import { type SpanParts, traceExport } from '../collector/otlp-spans.ts';
import { makeFolder } from '../e2e/run-process.ts';
import { type Charged, chargeDifferences, countedClass, namedStep } from './charge-differences.ts';
import { readCaptures } from './read-captures.ts';
import { VARIANTS } from './variants/index.ts';
import { CLASSES, wantedCharge } from './variants/wanted-charge.ts';

const book = bundledPriceBook();
/** Each step is a service of its own, so what is read of one does not depend on the others beside it. */
const STEPS_A_REQUEST = 20;
const steps = readCaptures()
  .flatMap(({ name, steps }) =>
    steps.map((step, index) => ({ capture: name, step, service: `${name}#${index}` })),
  )
  .map((each, place) => ({ ...each, place }));

/** Captures count their ids from 1; a ledger holds two spans with the same ids for one. */
function withTracesOfItsOwn(body: string, place: number): string {
  const prefix = (place + 1).toString(16).padStart(8, '0');
  return body.replaceAll(/"traceId":"[0-9a-f]{8}/g, `"traceId":"${prefix}`);
}

function chunksOf<T>(items: readonly T[], size: number): readonly (readonly T[])[] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, at) => items.slice(at * size, (at + 1) * size));
}

async function send(url: string, body: string): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const answer = await fetch(`${url}/v1/traces`, { method: 'POST', headers, body });
  expect([answer.status, await answer.text()]).toEqual([200, '{}']);
}

async function rowsOf(url: string, sql: string): Promise<readonly (readonly unknown[])[]> {
  const answer = await fetch(`${url}/api/v1/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ sql }),
  });
  const rows: unknown = Reflect.get(Object(await answer.json()), 'rows');
  return Array.isArray(rows) ? rows : [];
}

/** What the ledger counted, by service. */
async function chargesOf(url: string): Promise<ReadonlyMap<string, Charged>> {
  const charges = new Map<string, { tokens: Record<string, number> } & Omit<Charged, 'tokens'>>();
  const rows = await rowsOf(
    url,
    `SELECT service, token_class, sum(tokens), sum(calls), sum(cost_pico_usd) FROM usage_1m GROUP BY ALL`,
  );
  for (const [service, tokenClass, tokens, calls, picoUsd] of rows) {
    const known = charges.get(String(service)) ?? { tokens: {}, calls: 0, picoUsd: 0 };
    const name = countedClass(String(tokenClass));
    charges.set(String(service), {
      tokens: { ...known.tokens, [name]: (known.tokens[name] ?? 0) + Number(tokens) },
      calls: known.calls + Number(calls),
      picoUsd: known.picoUsd + Number(picoUsd),
    });
  }
  return charges;
}

test('the embedded server charges every captured call of every instrumentation as the Collector does', {
  timeout: 240_000,
}, async () => {
  await using folder = await makeFolder();
  await using server = await startServer({
    dataDir: folder.path,
    port: 0,
    priceBook: () => book,
    // A little after the captured time.
    clock: () => Date.UTC(2026, 10, 22),
  });
  for (const exports of chunksOf(steps, STEPS_A_REQUEST)) {
    const resourceSpans = exports.flatMap(({ step, service, place }) => {
      const body: unknown = JSON.parse(withTracesOfItsOwn(namedStep(step, service), place));
      return Reflect.get(Object(body), 'resourceSpans');
    });
    await send(server.url, JSON.stringify({ resourceSpans }));
  }
  const charges = await chargesOf(server.url);
  const wrong = steps.flatMap(({ capture, step, service }) => {
    const charged = charges.get(service) ?? { tokens: {}, calls: 0, picoUsd: 0 };
    const differences = chargeDifferences(capture, step, { charged, book });
    return differences.length === 0
      ? []
      : [`${capture} | ${step.name} | ${differences.join('; ')}`];
  });
  expect(wrong).toEqual([]);
  expect(steps.length).toBeGreaterThan(900);
});

test('what is a call, and which figure counts, is as in the Collector', async () => {
  await using folder = await makeFolder();
  await using server = await startServer({
    dataDir: folder.path,
    port: 0,
    priceBook: () => book,
  });
  for (const { note, scopes } of CALL_EXPORTS) {
    await send(server.url, traceExport(scopes, { 'service.name': note }));
  }
  const charges = await chargesOf(server.url);
  const got = CALL_EXPORTS.map(({ note }) => ({
    note,
    calls: charges.get(note)?.calls ?? 0,
    usd: (charges.get(note)?.picoUsd ?? 0) / 1e12,
  }));
  expect(got).toEqual(CALL_EXPORTS.map(({ note, calls, usd }) => ({ note, calls, usd })));
});

test('spans that nobody captured are charged as in the Collector', async () => {
  await using folder = await makeFolder();
  await using server = await startServer({ dataDir: folder.path, port: 0, priceBook: () => book });
  for (const { note, scopes } of VARIANTS) {
    await send(server.url, traceExport(scopes, { 'service.name': note }));
  }
  const charges = await chargesOf(server.url);
  const got = VARIANTS.map(({ note }) => {
    const { calls = 0, tokens = {}, picoUsd = 0 } = charges.get(note) ?? {};
    return {
      note,
      calls,
      tokens: Object.fromEntries(CLASSES.map((name) => [name, tokens[name] ?? 0])),
      picoUsd,
    };
  });
  const wanted = VARIANTS.map(wantedCharge).map(({ unpriced: _, ...want }) => want);
  expect(got).toEqual(wanted);
});

test('hostile spans cost nothing wrong and are counted with their reason, as in the Collector', async () => {
  await using folder = await makeFolder();
  await using server = await startServer({
    dataDir: folder.path,
    port: 0,
    priceBook: () => book,
  });
  // The ledger takes a cost under our own name as it is; the Collector works it out again.
  const hostile = HOSTILE_SPANS.filter(({ note }) => note !== 'a cost planted');
  const spans: readonly SpanParts[] = hostile.map(({ note, change }) => ({
    attributes: { ...HOSTILE_CALL, 'user.id': note, ...change },
  }));
  await send(server.url, traceExport({ any: spans }));
  const rows = await rowsOf(
    server.url,
    'SELECT user_id, coalesce(CAST(cost_usd AS VARCHAR), unpriced_reason) FROM llm_telemetry',
  );
  const got = new Map(rows.map(([note, want]) => [String(note), String(want)]));
  const wanted = hostile.map(({ note, want }) => [note, String(want)]);
  expect(hostile.map(({ note }) => [note, String(got.get(note))])).toEqual(wanted);
});

test('a scope can be left out', async () => {
  await using folder = await makeFolder();
  await using server = await startServer({
    dataDir: folder.path,
    port: 0,
    priceBook: () => book,
    ignoredScopes: /^(?:@arizeai[/].*)$/,
  });
  const call = { attributes: HOSTILE_CALL };
  await send(server.url, traceExport({ '@arizeai/a': [call], other: [call] }));
  expect(await rowsOf(server.url, 'SELECT sum(calls) FROM usage_1m')).toEqual([[1]]);
});
