import { createServer } from 'node:http';
import { connect } from 'node:net';
import { Writable } from 'node:stream';
import { Agent, Client, fetch, ProxyAgent, pipeline, RetryAgent, request, stream } from 'undici';
import { attempt, run, settled, tlsUrl, url } from './program.mjs';
import { chatBody, chatUrl, headers } from './raw-http.mjs';

const secureUrl = `${tlsUrl}/v1/chat/completions`;
const ask = (content, isStream, more) => ({
  method: 'POST',
  headers,
  body: chatBody(content, isStream),
  ...more,
});

/** What a writable was given. */
function sink() {
  let text = '';
  const writable = new Writable({
    write(piece, _encoding, done) {
      text += piece;
      done();
    },
  });
  return { writable, text: () => text };
}

/** The four ways of version 6 to 8, each with a dispatcher. */
async function ways(name, target, dispatcher) {
  await attempt(`${name} fetch`, async () =>
    (await fetch(target, ask('fetch', false, { dispatcher }))).json(),
  );
  await attempt(`${name} request`, async () =>
    (await request(target, ask('request', true, { dispatcher }))).body.text(),
  );
  await attempt(`${name} stream`, async () => {
    const { writable, text } = sink();
    await stream(target, ask('stream', true, { dispatcher }), () => writable);
    return text();
  });
  await attempt(`${name} pipeline`, async () => {
    const { body, ...options } = ask('pipeline', true, { dispatcher });
    const duplex = pipeline(target, options, (response) => response.body);
    duplex.end(body);
    let text = '';
    for await (const piece of duplex) text += piece;
    return text;
  });
}

async function endings(dispatcher) {
  await attempt('cancel of a request', async () => {
    const { body } = await request(chatUrl, ask('case:hold', true, { dispatcher }));
    for await (const _ of body) break;
    return 'left';
  });
  await settled('after cancel');
  await attempt('abort of a stream', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const writable = new Writable({ write: (_piece, _encoding, done) => done(controller.abort()) });
    await stream(chatUrl, ask('case:hold s', true, { dispatcher, signal }), () => writable);
  });
  await settled('after abort');
}

/** Four requests on one connection before the first answer, and five at once on several. */
async function together(agent) {
  const client = new Client(url, { pipelining: 4 });
  await attempt('pipelining', () =>
    Promise.all(
      [1, 2, 3, 4].map(async (index) => {
        const options = ask(`pipelined ${index}`, false, { path: '/v1/chat/completions' });
        const { body } = await client.request({ ...options, idempotent: true, blocking: false });
        return (await body.json()).id;
      }),
    ),
  );
  await client.close();
  await attempt('at once', async () => {
    const calls = [1, 2, 3, 4, 5].map(async () => {
      const { body } = await request(chatUrl, ask('at once', true, { dispatcher: agent }));
      return (await body.text()).length;
    });
    return Promise.all(calls);
  });
}

async function encodings(dispatcher) {
  for (const coding of ['gzip', 'br', 'zstd', 'deflate', 'bytes']) {
    await attempt(`${coding} of a body`, async () => {
      const { body } = await request(chatUrl, ask(`case:${coding}`, false, { dispatcher }));
      return (await body.arrayBuffer()).byteLength > 0;
    });
    await attempt(`${coding} of a stream`, async () => {
      const { body } = await request(chatUrl, ask(`case:${coding}`, true, { dispatcher }));
      return (await body.arrayBuffer()).byteLength > 0;
    });
  }
}

/** A proxy of one's own, which connects to whatever it is asked for. */
async function throughProxy() {
  const sockets = new Set();
  const proxy = createServer();
  proxy.on('connect', (request, client) => {
    const [host, port] = request.url.split(':');
    const server = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(server).pipe(client);
    });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
    }
  });
  await new Promise((resolve) => {
    proxy.listen(0, '127.0.0.1', resolve);
  });
  const dispatcher = new ProxyAgent(`http://127.0.0.1:${proxy.address().port}`);
  await ways('ProxyAgent', secureUrl, dispatcher);
  await dispatcher.close();
  for (const socket of sockets) socket.destroy();
  await new Promise((resolve) => {
    proxy.close(resolve);
  });
}

run(async () => {
  const agent = new Agent();
  await ways('Agent', chatUrl, agent);
  const secure = new Agent({ allowH2: false });
  await ways('TLS', secureUrl, secure);
  const second = new Agent({ allowH2: true });
  await ways('HTTP/2', secureUrl, second);
  await throughProxy();
  const retrying = new RetryAgent(agent, { methods: ['POST'], statusCodes: [500], minTimeout: 1 });
  await attempt('RetryAgent', async () => {
    const { statusCode, body } = await request(
      chatUrl,
      ask('case:retry', false, { dispatcher: retrying }),
    );
    return [statusCode, (await body.json()).id];
  });
  await endings(agent);
  await together(agent);
  await encodings(agent);
  await attempt('error', async () => (await request(chatUrl, ask('case:fail'))).statusCode);
  await Promise.all([agent.close(), secure.close(), second.close()]);
});
