// `npm run bench [-- NAME…] [-- --json FILE]`: measures, prints a table, and writes the same as JSON to test/output/bench.json.
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { backtest } from './backtest.mjs';
import { borrow } from './borrow.mjs';
import { collector } from './collector.mjs';
import { dashboards } from './dashboards.mjs';
import { delivery } from './delivery.mjs';
import { detection } from './detection.mjs';
import { fuzz } from './fuzz.mjs';
import { ingest } from './ingest.mjs';
import { memory } from './memory.mjs';
import { metering } from './metering.mjs';
import { peers } from './peers.mjs';
import { price } from './price.mjs';
import { startup } from './startup.mjs';

const BENCHES = {
  metering,
  startup,
  memory,
  price,
  ingest,
  backtest,
  delivery,
  detection,
  borrow,
  collector,
  dashboards,
  peers,
  fuzz,
};
/** Fuzzing takes minutes and measures nothing, detection takes a quarter of an hour and borrowing minutes; they run when they are named. */
const BY_NAME = new Set(['fuzz', 'detection', 'borrow']);
const BY_DEFAULT = Object.keys(BENCHES).filter((name) => !BY_NAME.has(name));
const output = join(import.meta.dirname, '..', 'output');

function parseArguments(args) {
  const at = args.indexOf('--json');
  const file = at >= 0 ? args[at + 1] : join(output, 'bench.json');
  const names = args.filter((_arg, index) => at < 0 || (index !== at && index !== at + 1));
  const unknown = names.filter((name) => !(name in BENCHES));
  if (unknown.length > 0) {
    throw new Error(
      `unknown benchmark ${unknown.join(', ')}; there are ${Object.keys(BENCHES).join(', ')}`,
    );
  }
  return { file, names: names.length > 0 ? names : BY_DEFAULT };
}

function progress(text) {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${text}`);
}

function verdict({ value, target, isLowerBetter }) {
  if (target === undefined) return '';
  return (isLowerBetter ? value <= target : value >= target) ? 'met' : 'missed';
}

function render(rows) {
  const cells = rows.map((row) => [
    row.name,
    Number(row.value.toPrecision(4)).toLocaleString('en-US'),
    row.unit,
    row.target === undefined
      ? ''
      : `${row.isLowerBetter ? '≤' : '≥'} ${row.target.toLocaleString('en-US')}`,
    verdict(row),
    row.note ?? '',
  ]);
  const table = [['what', 'value', 'unit', 'target', '', 'how'], ...cells];
  const widths = table[0].map((_, column) => Math.max(...table.map((row) => row[column].length)));
  return table
    .map((row) =>
      row
        .map((text, column) =>
          column === 1 ? text.padStart(widths[column]) : text.padEnd(widths[column]),
        )
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

try {
  const { file, names } = parseArguments(process.argv.slice(2));
  const rows = [];
  for (const name of names) {
    progress(`${name} …`);
    rows.push(...(await BENCHES[name]((text) => progress(`${name}: ${text}`))));
  }
  progress('');
  const machine = { node: process.version, cpus: cpus().length, cpu: cpus()[0]?.model };
  console.log(`Node ${machine.node}, ${machine.cpus} × ${machine.cpu}`);
  console.log(render(rows));
  mkdirSync(output, { recursive: true });
  writeFileSync(file, `${JSON.stringify({ machine, rows }, undefined, 2)}\n`);
  console.error(`written to ${file}`);
} catch (error) {
  console.error(`bench: ${error.message}`);
  process.exitCode = 1;
}
