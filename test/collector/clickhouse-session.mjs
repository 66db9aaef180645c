// Runs SQL statements of standard input, a JSON list, in one session of the ClickHouse engine that chdb carries; writes a JSON
// list of what each answered. argv: the folder of node_modules.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [folder] = process.argv.slice(2);
const { Session } = createRequire(join(folder, 'here.js'))('chdb');
const session = new Session();
const answers = JSON.parse(readFileSync(0, 'utf8')).map((statement) =>
  session.query(statement, 'JSONEachRow'),
);
session.cleanup();
process.stdout.write(JSON.stringify(answers));
