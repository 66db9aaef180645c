import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  CONFIG_FOLDER,
  type CollectorChoice,
  type CollectorComposition,
  composeCollector,
  listConfigNames,
  readConfigFile,
  renderConfigArguments,
} from '@tokenmeter/collector-config';
import { takePort } from '@tokenmeter/testkit';
import { expect, test } from 'vitest';
import { makeFolder } from '../e2e/run-process.ts';
import { findComponent } from '../support/components.ts';
import { answersWell, startProgram } from '../support/start-program.ts';

const collector = findComponent('collector');
const binary = collector.isThere ? collector.path : '';
const isLong = process.env.TOKENMETER_LONG_TESTS === '1';
/** 231 pairs take their time on a machine that does something else besides. */
const LONGER = isLong ? 6 : 1;

function compose(choice: CollectorChoice): CollectorComposition {
  const composed = composeCollector(choice, readConfigFile);
  if (!composed.ok) throw new Error(composed.problems.join('; '));
  return composed.composition;
}

const all = listConfigNames('backends');
const lean = all.filter((name) => compose({ backends: [name] }).contribOnly.length === 0);
const pairs = lean.flatMap((one, index) => lean.slice(index + 1).map((two) => [one, two]));
/** Every backend with another one, the last twice if need be. All at once is tried besides, so names cannot meet unseen. */
const somePairs = lean
  .slice(0, Math.ceil(lean.length / 2))
  .map((one, index) => [one, lean.at(-1 - index) ?? one])
  .map(([one = '', two = '']) => (one === two ? [one, lean[0] ?? one] : [one, two]));

/** What every variable that must be set may be: nothing is sent, so nothing needs to be there. */
function anyEnvironment(composition: CollectorComposition, folder: string): Record<string, string> {
  const values: Record<string, string> = {
    AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE',
    AWS_SECRET_ACCESS_KEY: 'secret',
    TOKENMETER_QUEUE_DIR: join(folder, 'queue'),
    TOKENMETER_BACKEND_FILE_FOLDER: join(folder, 'files'),
  };
  for (const { name, isRequired } of composition.variables) {
    if (isRequired) values[name] ??= /ENDPOINT|HOST|URL/.test(name) ? 'http://127.0.0.1:9' : 'any';
  }
  return values;
}

function environmentOf(composition: CollectorComposition, folder: string): NodeJS.ProcessEnv {
  // Most of what a Collector does at its start is to collect garbage.
  return {
    PATH: process.env.PATH,
    HOME: folder,
    GOGC: 'off',
    ...anyEnvironment(composition, folder),
  };
}

async function validate(choice: CollectorChoice, folder: string): Promise<string> {
  const composition = compose(choice);
  const args = renderConfigArguments(composition, '.');
  const child = spawn(binary, ['validate', ...args], {
    cwd: fileURLToPath(CONFIG_FOLDER),
    env: environmentOf(composition, folder),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let words = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    words += text;
  });
  const [code] = await once(child, 'close');
  return code === 0 ? '' : `${choice.backends.join(' + ')}: ${words.slice(0, 500)}`;
}

async function start(choice: CollectorChoice, folder: string): Promise<string> {
  const composition = compose(choice);
  const [port, grpcPort, journalPort, healthPort, metricsPort] = [1, 2, 3, 4, 5].map(() =>
    String(takePort()),
  );
  try {
    await using running = await startProgram(binary, {
      args: renderConfigArguments(composition, '.'),
      cwd: fileURLToPath(CONFIG_FOLDER),
      env: {
        ...environmentOf(composition, folder),
        TOKENMETER_OTLP_PORT: port,
        TOKENMETER_OTLP_GRPC_PORT: grpcPort,
        TOKENMETER_JOURNAL_PORT: journalPort,
        TOKENMETER_HEALTH_PORT: healthPort,
        TOKENMETER_SELF_METRICS_PORT: metricsPort,
      },
      isReady: () => answersWell(`http://127.0.0.1:${healthPort}/`),
    });
    return /deprecat/i.test(running.output()) ? running.output() : '';
  } catch (error) {
    return `${choice.backends.join(' + ')}: ${String(error).slice(0, 800)}`;
  }
}

/** What goes wrong with any of the choices, each tried in a folder of its own, two at a time. */
async function problemsOf(
  choices: readonly CollectorChoice[],
  attempt: (choice: CollectorChoice, folder: string) => Promise<string>,
): Promise<readonly string[]> {
  const problems: string[] = [];
  const rest = [...choices];
  const work = async (): Promise<void> => {
    for (let next = rest.shift(); next !== undefined; next = rest.shift()) {
      await using folder = await makeFolder();
      const problem = await attempt(next, folder.path);
      if (problem !== '') problems.push(problem);
    }
  };
  await Promise.all([work(), work()]);
  return problems;
}

test('the lean build runs all backends but those whose exporter comes from stock contrib', () => {
  expect(all.filter((name) => !lean.includes(name))).toEqual([
    'azure-monitor',
    'clickhouse',
    'cloudwatch-emf',
    'datadog-exporter',
    'google-cloud',
  ]);
});

test.skipIf(!collector.isThere)(
  isLong ? 'every pair of backends is valid' : 'every backend is valid with another one',
  { timeout: 300_000 * LONGER },
  async () => {
    const choices = (isLong ? pairs : somePairs).map((backends) => ({ backends }));
    expect(await problemsOf(choices, validate)).toEqual([]);
  },
);

test.skipIf(!collector.isThere)(
  isLong
    ? 'every backend alone and every pair starts'
    : 'every backend alone, and all at once, start',
  { timeout: 600_000 * LONGER },
  async () => {
    const alone = lean.map((name) => ({ backends: [name] }));
    const more = isLong ? pairs.map((backends) => ({ backends })) : [];
    expect(await problemsOf([...alone, ...more, { backends: lean }], start)).toEqual([]);
  },
);

test.skipIf(!collector.isThere)(
  'every role, sampling and way of authentication starts',
  { timeout: 240_000 },
  async () => {
    const choices: CollectorChoice[] = [
      ...listConfigNames('sampling').map((sampling) => ({ backends: ['otlp'], sampling })),
      { backends: ['otlp'], role: 'agent', keepsContent: true },
    ];
    expect(await problemsOf(choices, start)).toEqual([]);
  },
);
