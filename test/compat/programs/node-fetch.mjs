import fetch from 'node-fetch';
import { attempt, run, settled, tlsUrl } from './program.mjs';
import { chatBody, chatUrl, headers } from './raw-http.mjs';

const post = (body, more) => fetch(chatUrl, { method: 'POST', headers, body, ...more });

run(async () => {
  await attempt('json', async () => (await post(chatBody('plain'))).json());
  await attempt('clone', async () => {
    const response = await post(chatBody('clone'));
    return Promise.all([response.clone().text(), response.text()]);
  });
  await attempt('stream', async () => (await post(chatBody('stream', true))).text());
  await attempt('abort', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const response = await post(chatBody('case:hold', true), { signal });
    let text = '';
    for await (const chunk of response.body) {
      text += chunk;
      if (text.includes('and ')) controller.abort();
    }
    return text;
  });
  await settled('after abort');
  await attempt('timeout', () => post(chatBody('case:hang'), { timeout: 250 }));
  await settled('after timeout');
  await attempt('TLS', async () => {
    const init = { method: 'POST', headers, body: chatBody('secure') };
    return (await fetch(`${tlsUrl}/v1/chat/completions`, init)).json();
  });
  await attempt('error', async () => (await post(chatBody('case:fail'))).status);
});
