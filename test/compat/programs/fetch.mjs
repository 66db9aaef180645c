import { attempt, run, settled, tlsUrl } from './program.mjs';
import { chatBody, chatUrl, headers } from './raw-http.mjs';

const post = (body, more) => fetch(chatUrl, { method: 'POST', headers, body, ...more });

run(async () => {
  await attempt('json', async () => (await post(chatBody('plain'))).json());
  await attempt('request object', async () => {
    const request = new Request(chatUrl, { method: 'POST', headers, body: chatBody('request') });
    return (await fetch(request)).json();
  });
  await attempt('clone', async () => {
    const response = await post(chatBody('clone'));
    return [await response.clone().text(), await response.text()];
  });
  for (const coding of ['gzip', 'br', 'zstd', 'deflate', 'bytes']) {
    await attempt(coding, async () => {
      const response = await post(chatBody(`case:${coding}`, true));
      return (await response.arrayBuffer()).byteLength > 0;
    });
  }
  await attempt('TLS', async () => {
    const init = { method: 'POST', headers, body: chatBody('secure', true) };
    return (await fetch(`${tlsUrl}/v1/chat/completions`, init)).text();
  });
  await attempt('stream text', async () => (await post(chatBody('stream', true))).text());
  await attempt('stream reader', async () => {
    const reader = (await post(chatBody('reader', true))).body.getReader();
    let bytes = 0;
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      bytes += read.value.length;
    }
    return bytes;
  });
  await attempt('cancelled reader', async () => {
    const reader = (await post(chatBody('case:hold', true))).body.getReader();
    await reader.read();
    await reader.cancel();
    return 'cancelled';
  });
  await settled('after cancel');
  await attempt('abort', async () => {
    const controller = new AbortController();
    const response = await post(chatBody('case:hold a', true), { signal: controller.signal });
    const reader = response.body.getReader();
    await reader.read();
    controller.abort();
    return reader.read();
  });
  await settled('after abort');
  await attempt('timeout', () => post(chatBody('case:hang'), { signal: AbortSignal.timeout(250) }));
  await settled('after timeout');
  await attempt('error', async () => (await post(chatBody('case:fail'))).status);
  await attempt('retry', async () => {
    const first = await post(chatBody('case:retry'));
    await first.text();
    return [first.status, (await post(chatBody('case:retry'))).status];
  });
});
