import { spawnSync } from 'node:child_process';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { makeFolder, runTokenmeter } from '../e2e/run-process.ts';

/** Tells what the Collector would read. */
const TELLER = `#!/bin/sh
printf '%s\\n' "$DD_API_KEY" "$LANGFUSE_HOST" "$TOKENMETER_BACKEND_OTLP_HEADERS" "$PHOENIX_CLIENT_HEADERS" "\${TOKENMETER_QUEUE_BYTES-default}" "$GOGC"
`;

test('the start script hands values over as the Collector reads them', async () => {
  await using folder = await makeFolder();
  const out = join(folder.path, 'llm');
  const backends = ['otlp', 'datadog', 'langfuse', 'arize-phoenix'];
  const written = await runTokenmeter([
    ...['collector', 'config', '--out', out],
    ...backends.flatMap((backend) => ['--backend', backend]),
  ]);
  expect(written.code).toBe(0);
  const teller = join(folder.path, 'teller.sh');
  await writeFile(teller, TELLER);
  await chmod(teller, 0o755);
  const told = spawnSync(join(out, 'start.sh'), {
    encoding: 'utf8',
    env: {
      PATH: process.env.PATH,
      TOKENMETER_COLLECTOR: teller,
      DD_API_KEY: 'a$b$$c "d"',
      LANGFUSE_HOST: 'https://langfuse.example/',
      LANGFUSE_PUBLIC_KEY: 'pk',
      LANGFUSE_SECRET_KEY: 'sk',
      TOKENMETER_BACKEND_OTLP_ENDPOINT: 'http://127.0.0.1:9',
      TOKENMETER_BACKEND_OTLP_HEADERS: '{authorization: Bearer x}',
      TOKENMETER_QUEUE_BYTES: '',
      PHOENIX_CLIENT_HEADERS: 'api_key=a=b,x-tenant=c d',
    },
  });
  expect(told.stderr).toBe('');
  expect(told.stdout.split('\n')).toEqual([
    'a$$b$$$$c "d"',
    'https://langfuse.example',
    '{authorization: Bearer x}',
    '{"api_key": "a=b","x-tenant": "c d"}',
    'default',
    '300',
    '',
  ]);
});
