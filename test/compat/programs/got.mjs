import * as loaded from 'got';
import { attempt, run, settled, tlsUrl } from './program.mjs';
import { chatBody, chatUrl, headers } from './raw-http.mjs';

/** CommonJS gets the default export of an ES module one level deeper. */
const got = loaded.default.default ?? loaded.default;
const options = (content, isStream) => ({ headers, body: chatBody(content, isStream) });
const once = { retry: { limit: 0 } };

run(async () => {
  await attempt('json', () => got.post(chatUrl, options('plain')).json());
  await attempt('stream', async () => {
    let text = '';
    for await (const chunk of got.stream.post(chatUrl, options('stream', true))) text += chunk;
    return text;
  });
  await attempt('break', async () => {
    const stream = got.stream.post(chatUrl, { ...options('case:hold', true), ...once });
    let text = '';
    for await (const chunk of stream) {
      text += chunk;
      if (text.includes('and ')) break;
    }
    return text;
  });
  await settled('after break');
  await attempt('timeout', () =>
    got.post(chatUrl, { ...options('case:hang'), ...once, timeout: { request: 250 } }),
  );
  await settled('after timeout');
  await attempt('TLS', () => got.post(`${tlsUrl}/v1/chat/completions`, options('secure')).json());
  await attempt('error', () => got.post(chatUrl, { ...options('case:fail'), ...once }));
  await attempt('retry', async () => {
    const retry = {
      limit: 1,
      methods: ['POST'],
      calculateDelay: ({ computedValue }) => computedValue && 1,
    };
    const response = await got.post(chatUrl, { ...options('case:retry'), retry });
    return [response.statusCode, response.retryCount];
  });
});
