import { spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePort, takePort } from './free-port.ts';

test('no port is given twice, and the one behind each is nobody else’s', () => {
  const ports = Array.from({ length: 120 }, takePort);
  expect(new Set(ports.flatMap((port) => [port, port + 1])).size).toBe(240);
});

test('another process is given others', () => {
  const own = Array.from({ length: 60 }, takePort);
  const file = fileURLToPath(new URL('free-port.ts', import.meta.url));
  const code = `
    import(${JSON.stringify(file)}).then(({ takePort }) => {
      console.log(JSON.stringify(Array.from({ length: 120 }, takePort)));
    });
  `;
  const answers = [1, 2, 3].map(() => {
    const { stdout } = spawnSync(process.execPath, ['-e', code], { encoding: 'utf8' });
    return JSON.parse(stdout);
  });
  for (const theirs of answers) {
    expect(theirs).toHaveLength(120);
    expect(own.filter((port) => theirs.includes(port))).toEqual([]);
  }
});

test('a port on which somebody listens is passed over', async () => {
  const server = createServer().listen(takePort() + 2, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  expect(await freePort()).toBe(Reflect.get(Object(address), 'port') + 2);
  server.close();
});
