// The edge program as Cloudflare's runtime loads it: a module whose `fetch` answers a request.
import './edge.mjs';
import { wrapFetch } from '@tokenmeter/instrumentation/edge';

let told;

/** Passes a stream on while it comes, and asks for time until its end was metered. */
async function passOn(provider, context) {
  const ended = Promise.withResolvers();
  const metered = wrapFetch(fetch, { onCall: ended.resolve });
  context.waitUntil(
    ended.promise.then(({ record, priced }) => {
      told = [record.outcome, record.usage.tokens, priced.costUsd];
    }),
  );
  const ask = { model: 'gpt-4o', stream: true, stream_options: { include_usage: true } };
  const body = JSON.stringify({ ...ask, messages: [{ role: 'user', content: 'passed on' }] });
  const answer = await metered(`${provider}/v1/chat/completions`, { method: 'POST', body });
  return new Response(answer.body, answer);
}

// biome-ignore lint/style/noDefaultExport: the runtime asks for it
export default {
  async fetch({ url }, { PROVIDER }, context) {
    const { pathname } = new URL(url);
    if (pathname === '/told') return Response.json(told);
    if (pathname === '/pass-on') return passOn(PROVIDER, context);
    globalThis.PROVIDER = PROVIDER;
    return new Response(await globalThis.runProgram());
  },
};
