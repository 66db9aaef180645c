// Damages every recorded exchange, request and response, again and again, and meters what is left of it: nothing may
// throw, hang or grow, and no number may come out that the provider did not send as one.
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { loadFixtures } from '../../packages/core/src/fixtures.test-kit.ts';
import { createRandom, flaw, mutate } from '../../packages/core/src/mutate.test-kit.ts';
import { createMetering } from '../../packages/instrumentation/dist/index.js';

const CASES = Number(process.env.FUZZ_CASES || 1_000_000);
/** Number of the first case; others damage the exchanges in other ways. */
const SEED = Number(process.env.FUZZ_SEED || 0);
/** Cases between two turns of the event loop, in which compressed bodies are decoded. */
const BATCH = 500;
const CODINGS = [
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['deflate', deflateSync],
  ['zstd', zstdCompressSync],
];

/** What was found; every flaw is told with the number of its case. */
class Findings {
  flaws = [];
  problems = 0;
  calls = 0;
  slowestMs = 0;

  add(number, words) {
    if (words !== undefined && this.flaws.length < 50) this.flaws.push(`#${number}: ${words}`);
  }
}

/** What is wrong with a metered call: its usage, its price, or one of its points. */
function flawOfCall({ record, priced }, points) {
  const inUsage = flaw({ usage: record.usage });
  if (inUsage !== undefined) return inUsage;
  if (
    priced.kind === 'priced' &&
    !(Number.isInteger(priced.totalPicoUsd) && priced.totalPicoUsd >= 0)
  ) {
    return `cost is ${priced.totalPicoUsd}`;
  }
  const most = mostUsd(record.usage);
  if (priced.kind === 'priced' && priced.costUsd > most) {
    return `cost is $${priced.costUsd}, more than $${most} (${record.provider}, ${record.api})`;
  }
  for (const { spec, value, attributes } of points) {
    if (!(Number.isFinite(value) && value >= 0)) return `${spec.name} is ${value}`;
    const odd = Object.entries(attributes).find(
      ([, each]) => !['string', 'number', 'boolean'].includes(typeof each),
    );
    if (odd !== undefined) return `${spec.name} has ${odd[0]} of type ${typeof odd[1]}`;
  }
  return undefined;
}

/** More than any model costs: $1,000 per million tokens, $1 for each request, and $10 of fees. */
function mostUsd({ tokens = {}, requests = {} }) {
  const sum = (counts) => Object.values(counts).reduce((total, count) => total + count, 0);
  return 10 + sum(tokens) * 0.001 + sum(requests);
}

function headersOf(fixture, coding) {
  const headers = { 'content-type': fixture.meta.contentType, 'content-encoding': coding };
  return {
    statusCode: fixture.meta.statusCode,
    header: (name) => headers[name],
    headersStartingWith: () => ({}),
  };
}

/** The exchange of a case: damaged request, damaged body, one in eight compressed and damaged after that. */
function exchange(fixture, number, open) {
  const random = createRandom(number);
  const { method, host, port, path } = fixture.meta;
  const observer = open({
    method,
    host,
    port: port ?? 443,
    path,
    header: () => 'application/json',
  });
  if (observer === undefined) return `${fixture.name} is not recognised`;
  observer.requestChunk(mutate(Buffer.from(fixture.requestText), random));
  const coding = random(8) === 0 ? CODINGS[random(CODINGS.length)] : undefined;
  const source = coding === undefined ? fixture.responseBytes : coding[1](fixture.responseBytes);
  const bytes = mutate(source, random);
  observer.responseStart(headersOf(fixture, coding?.[0]));
  for (let at = 0; at < bytes.length; ) {
    const next = at + 1 + random(bytes.length);
    observer.responseChunk(bytes.subarray(at, next));
    at = next;
  }
  if (random(4) === 0) observer.fail(new DOMException('left', 'AbortError'));
  else observer.responseEnd();
  return undefined;
}

function createMeterings(findings) {
  return [false, true].map((estimate) => {
    let number = 0;
    let points = [];
    const metering = createMetering(
      {
        estimate,
        captureContent: estimate,
        warn: () => undefined,
        onCall: (call) => {
          findings.calls += 1;
          findings.add(number, flawOfCall(call, points));
          points = [];
        },
      },
      {
        add: (spec, value, attributes) => points.push({ spec, value, attributes }),
        span: (description) => description.putEndAttributes(() => undefined),
      },
    );
    return {
      run(fixture, which) {
        number = which;
        findings.add(which, exchange(fixture, which, metering.open));
      },
      catchUp: () => metering.catchUp(),
    };
  });
}

/** Runs all cases; `npm run bench -- fuzz`, `FUZZ_CASES` sets their number, `FUZZ_SEED` the first of them. */
export async function fuzz(progress) {
  const fixtures = loadFixtures();
  const findings = new Findings();
  const meterings = createMeterings(findings);
  const onError = (error) => findings.add(-1, `uncaught ${error.stack}`);
  process.on('uncaughtException', onError);
  const started = performance.now();
  const heap = [];
  for (let index = 0; index < CASES; index += 1) {
    const number = SEED + index;
    const before = performance.now();
    meterings[number & 1].run(fixtures[number % fixtures.length], number);
    findings.slowestMs = Math.max(findings.slowestMs, performance.now() - before);
    if (index % BATCH !== BATCH - 1) continue;
    for (const each of meterings) each.catchUp();
    await new Promise((resolve) => setImmediate(resolve));
    if (index % 50_000 >= BATCH) continue;
    heap.push(process.memoryUsage().heapUsed / 2 ** 20);
    progress(`${index.toLocaleString('en-US')} of ${CASES.toLocaleString('en-US')} cases`);
  }
  await new Promise((resolve) => setTimeout(resolve, 500));
  for (const each of meterings) each.catchUp();
  process.off('uncaughtException', onError);
  for (const text of findings.flaws) process.stderr.write(`\n${text}`);
  const seconds = (performance.now() - started) / 1000;
  const what = `${fixtures.length} recorded exchanges, damaged in request and response`;
  return [
    {
      name: 'fuzz: cases',
      value: CASES,
      unit: 'cases',
      target: 1_000_000,
      isLowerBetter: false,
      note: what,
    },
    {
      name: 'fuzz: flaws',
      value: findings.flaws.length,
      unit: 'cases',
      target: 0,
      isLowerBetter: true,
      note: 'throws, bad numbers, bad points',
    },
    {
      name: 'fuzz: records',
      value: findings.calls,
      unit: 'calls',
      note: 'background responses that wait have none',
    },
    {
      name: 'fuzz: slowest case',
      value: findings.slowestMs,
      unit: 'ms',
      target: 2000,
      isLowerBetter: true,
      note: 'a hang would be longer; garbage collection and other programs included',
    },
    {
      name: 'fuzz: heap',
      value: Math.max(...heap),
      unit: 'MB',
      target: 400,
      isLowerBetter: true,
      note: `${seconds.toFixed(0)} s in all`,
    },
  ];
}
