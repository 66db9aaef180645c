import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startReplayProvider } from '@tokenmeter/testkit';
import { startCaptureServer } from './capture-server.ts';
import type { Dialect } from './dialect.ts';
import { measureCarried } from './measure-carried.ts';
import { SpanNormaliser } from './normalise-spans.ts';
import { flattenSpans } from './otlp-json.ts';
import type { Json } from './provider/model-answer.ts';
import { readTruth, toBooked } from './read-truth.ts';
import { Scenario } from './scenario.ts';

const PROGRAMS = fileURLToPath(new URL('./programs/', import.meta.url));
const TIME_LIMIT_MS = 180_000;

/** Runs the program of a dialect in its environment and returns the content of its file. */
export async function runDialect(
  dialect: Dialect,
  environment: { readonly folder: string; readonly packages: Readonly<Record<string, string>> },
): Promise<{ readonly captured: Json; readonly words: string; readonly exitCode: number | null }> {
  const scenario = new Scenario();
  await using replay = await startReplayProvider({
    plan: (request) => scenario.reply(request),
    idSeed: 'dialects',
  });
  await using server = await startCaptureServer(scenario);
  const { exitCode, words } = await runProgram(dialect, environment.folder, {
    DIALECT: dialect.name,
    DIALECT_OPENAI_URL: `${replay.url}/v1`,
    DIALECT_ANTHROPIC_URL: replay.url,
    DIALECT_URL: server.url,
    OTEL_EXPORTER_OTLP_ENDPOINT: server.url,
    ...dialect.env,
  });
  await replay.settled();
  const { steps } = scenario;
  const booked = [...replay.requests().map((entry) => toBooked(entry, scenario)), ...server.booked];
  const truth = readTruth(booked, steps);
  const spans = flattenSpans(server.exports);
  const normaliser = new SpanNormaliser();
  const captured = {
    name: dialect.name,
    library: dialect.library,
    version: environment.packages[dialect.library] ?? '',
    language: dialect.language,
    source: 'captured',
    packages: dialect.beside.reduce<Record<string, string>>(
      (all, name) => Object.assign(all, { [name]: environment.packages[name] }),
      {},
    ),
    scopes: [...new Set(spans.map(({ scope }) => `${scope.name}@${scope.version}`))].sort(),
    steps: steps.map((step, index) => {
      const own = spans.filter((span) => SpanNormaliser.stepOf(span, steps) === index);
      const { never } = dialect;
      const chargeable = own.filter(({ name }) => never === undefined || !never.test(name));
      const traces = normaliser.normalise(own, index);
      const calls = (truth[index] ?? []).map((call) => {
        const measured = measureCarried(call, chargeable);
        return { ...call, ...measured, spans: measured.spans.map((id) => normaliser.spanId(id)) };
      });
      return { name: step.plan.name, truth: calls, traces };
    }),
  };
  return { captured, words, exitCode };
}

function runProgram(
  dialect: Dialect,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<{ exitCode: number | null; words: string }> {
  const place = join(folder, 'programs');
  mkdirSync(place, { recursive: true });
  for (const file of readdirSync(PROGRAMS)) copyFileSync(join(PROGRAMS, file), join(place, file));
  const isPython = dialect.language === 'python';
  const command = isPython ? join(folder, 'bin', 'python') : process.execPath;
  const child = spawn(command, [join(place, dialect.program)], {
    cwd: place,
    env: { PATH: process.env.PATH, HOME: process.env.HOME, PYTHONDONTWRITEBYTECODE: '1', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: TIME_LIMIT_MS,
  });
  let words = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (text: string) => {
      words += text;
    });
  }
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (exitCode) => resolve({ exitCode, words }));
  });
}
