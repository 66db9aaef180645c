// The edge program as Cloudflare's runtime loads it: a module whose `fetch` answers a request.
import './edge.mjs';

// biome-ignore lint/style/noDefaultExport: the runtime asks for it
export default {
  async fetch(_request, { PROVIDER }) {
    globalThis.PROVIDER = PROVIDER;
    return new Response(await globalThis.runProgram());
  },
};
