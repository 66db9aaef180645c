import { writeFile } from 'node:fs/promises';
import { createServer } from 'node:https';
import { join } from 'node:path';
import { SMTPServer } from 'smtp-server';
import { expect, test } from 'vitest';
import { createSelfSigned } from '../../packages/worker/src/self-signed.test-kit.ts';
import { makeFolder, runTokenmeter } from '../e2e/run-process.ts';

const SECRET = `whsec_${Buffer.alloc(32, 5).toString('base64')}`;

test('mail by STARTTLS and a webhook by TLS arrive where the authority is known, and nowhere else', async () => {
  await using folder = await makeFolder();
  const pair = createSelfSigned();
  const seen: string[] = [];
  const https = createServer(pair, (request, response) => {
    seen.push(`webhook ${request.headers['webhook-id'] === undefined ? 'unsigned' : 'signed'}`);
    request.resume().on('end', () => response.writeHead(204).end());
  });
  const smtp = new SMTPServer({
    ...pair,
    authOptional: true,
    onData: (stream, session, done) => {
      seen.push(`mail ${session.secure ? 'encrypted' : 'open'}`);
      stream.resume().on('end', () => done(null));
    },
  });
  smtp.on('error', () => undefined);
  await new Promise<void>((ready) => https.listen(0, '127.0.0.1', ready));
  await new Promise<void>((ready) => smtp.listen(0, '127.0.0.1', ready));
  const portOf = (address: ReturnType<typeof https.address>): number =>
    typeof address === 'object' && address !== null ? address.port : 0;
  await writeFile(join(folder.path, 'ca.pem'), pair.cert);
  await writeFile(
    join(folder.path, 'tokenmeter.yaml'),
    `allowPrivateAddresses: [localhost]
channels:
  mail: { type: email, host: localhost, port: ${portOf(smtp.server.address())}, from: a@example.com, to: b@example.com }
  signed: { type: webhook, url: "https://localhost:${portOf(https.address())}/", secret: { env: HOOK_SECRET } }
`,
  );
  const run = (env: Record<string, string>) =>
    runTokenmeter(['alerts', 'test', '--channel', 'mail', 'signed'], {
      cwd: folder.path,
      env: { HOOK_SECRET: SECRET, ...env },
    });
  const unknown = await run({});
  expect(unknown.stderr).toMatch(/✗ mail: .*\n/);
  expect(unknown.stderr).toMatch(/✗ signed: connection failed \(DEPTH_ZERO_SELF_SIGNED_CERT\)/);
  expect(seen).toEqual([]);
  const known = await run({ NODE_EXTRA_CA_CERTS: join(folder.path, 'ca.pem') });
  https.closeAllConnections();
  await Promise.all([
    new Promise((closed) => https.close(closed)),
    new Promise<void>((closed) => smtp.close(() => closed())),
  ]);
  expect(known.stderr).toMatch(/✓ mail: delivered/);
  expect(known.code).toBe(0);
  expect(seen.sort()).toEqual(['mail encrypted', 'webhook signed']);
});
