import axios from 'axios';
import { attempt, run, settled, tlsUrl } from './program.mjs';
import { chatBody, chatUrl, headers } from './raw-http.mjs';

const post = (body, more) => axios.post(chatUrl, body, { headers, ...more });

/** Reads a stream of Node until something in it ends the reading. */
async function read(stream, onText = () => undefined) {
  let text = '';
  for await (const chunk of stream) {
    text += chunk;
    onText(text);
  }
  return text;
}

run(async () => {
  await attempt('json', async () => (await post(chatBody('plain'))).data);
  await attempt('stream', async () =>
    read((await post(chatBody('stream', true), { responseType: 'stream' })).data),
  );
  await attempt('break', async () => {
    const { data } = await post(chatBody('case:hold', true), { responseType: 'stream' });
    let text = '';
    for await (const chunk of data) {
      text += chunk;
      if (text.includes('and ')) break;
    }
    return text;
  });
  await settled('after break');
  await attempt('abort', async () => {
    const { signal, abort } = controllerOf();
    const { data } = await post(chatBody('case:hold a', true), { responseType: 'stream', signal });
    return read(data, (text) => {
      if (text.includes('and ')) abort();
    });
  });
  await settled('after abort');
  await attempt('timeout', () => post(chatBody('case:hang'), { timeout: 250 }));
  await settled('after timeout');
  await attempt('error', () => post(chatBody('case:fail')));
  await attempt('TLS', async () => {
    const target = `${tlsUrl}/v1/chat/completions`;
    return (await axios.post(target, chatBody('secure'), { headers })).data;
  });
  await attempt(
    'fetch adapter',
    async () => (await post(chatBody('fetch'), { adapter: 'fetch' })).data,
  );
});

function controllerOf() {
  const controller = new AbortController();
  return { signal: controller.signal, abort: () => controller.abort() };
}
