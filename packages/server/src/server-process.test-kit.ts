import { startServer } from './start-server.ts';

/** Runs a server in a process of its own, which tests may kill; prints its address. */
const [dataDir = '', port = '0'] = process.argv.slice(2);
const server = await startServer({ dataDir, port: Number(port), timeZone: 'UTC' });
process.stdout.write(`${server.url}\n`);
