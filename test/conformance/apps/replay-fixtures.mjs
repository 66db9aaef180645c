// A plain program that sends each exchange's request with the global fetch to the provider's own host name, at a port of
// this machine, reads the response to its end and leaves. Nothing in it knows of telemetry but the attribution by name.
import dns from 'node:dns';
import { readFileSync } from 'node:fs';
import { withAttribution } from '../../../packages/instrumentation/dist/index.js';

const { exchanges, port, isAttributed } = JSON.parse(readFileSync(process.env.EXCHANGES, 'utf8'));

// Every name is this machine: the taps see the provider's host, the bytes stay here.
dns.lookup = (_name, options, done) => {
  const address = { address: '127.0.0.1', family: 4 };
  if (options.all) done(null, [address]);
  else done(null, address.address, address.family);
};

async function exchange({ name, method, host, path, headers, body }) {
  const response = await fetch(`http://${host}:${port}${path}`, {
    method,
    headers: { ...headers, 'x-exchange': name },
    ...(method === 'GET' ? {} : { body }),
  });
  await response.arrayBuffer();
}

const queue = [...exchanges];
async function work() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const { name } = next;
    const attribution = isAttributed
      ? { feature: name, team: 'conformance', route: '/replay' }
      : {};
    await withAttribution(attribution, () => exchange(next));
  }
}
await Promise.all(Array.from({ length: 4 }, work));
