// Announces requests that are no model calls, and prints what one announcement costs with the subscribers that there are.
import { channel } from 'node:diagnostics_channel';

const COUNT = 500_000;
const created = channel('undici:request:create');

function announce(count) {
  for (let each = 0; each < count; each += 1) {
    const request = {
      origin: 'https://shop.example.com',
      path: `/api/orders/${each}?page=2`,
      method: 'GET',
      headers: ['accept', 'application/json'],
    };
    created.publish({ request });
  }
}

announce(COUNT / 10);
const cpuBefore = process.cpuUsage();
announce(COUNT);
const { user, system } = process.cpuUsage(cpuBefore);
console.log(JSON.stringify({ micros: (user + system) / COUNT }));
