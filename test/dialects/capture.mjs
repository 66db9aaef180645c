// Captures the spans of real libraries: `node test/dialects/capture.mjs [name …]`, `--list`, `--losses`.
import { writeFileSync } from 'node:fs';
import { describeCapture, renderCapture } from './describe-capture.ts';
import { DIALECTS } from './dialect-list.ts';
import { documentedCaptures } from './documented-dialects.ts';
import { installEnvironment } from './install-environment.ts';
import { readCaptures } from './read-captures.ts';
import { renderLosses } from './render-losses.ts';
import { runDialect } from './run-dialect.ts';

const say = (text) => process.stderr.write(`${text}\n`);

async function capture(dialect, place) {
  const started = performance.now();
  const environment = await installEnvironment(dialect.environment, say);
  const { captured, words, exitCode } = await runDialect(dialect, environment);
  if (words.trim() !== '')
    say([...new Set(words.trim().split('\n'))].map((line) => `    ${line}`).join('\n'));
  if (exitCode !== 0) throw new Error(`the program of ${dialect.name} ended with ${exitCode}`);
  const file = new URL(`./captured/${dialect.name}.json`, import.meta.url);
  writeFileSync(file, renderCapture(captured));
  const seconds = ((performance.now() - started) / 1000).toFixed(0);
  say(`${place} ${dialect.name}: ${describeCapture(captured)}, ${seconds} s`);
}

function writeDocumented() {
  for (const captured of documentedCaptures()) {
    const file = new URL(`./captured/${captured.name}.json`, import.meta.url);
    writeFileSync(file, renderCapture(captured));
  }
}

function writeLosses() {
  const page = new URL('../../collector-config/DIALECTS.md', import.meta.url);
  writeFileSync(page, renderLosses(readCaptures()));
}

const asked = process.argv.slice(2);
if (asked.includes('--list')) {
  for (const { name } of DIALECTS) process.stdout.write(`${name}\n`);
} else if (asked.includes('--losses')) {
  writeDocumented();
  writeLosses();
} else {
  const unknown = asked.filter((name) => DIALECTS.every((dialect) => dialect.name !== name));
  if (unknown.length > 0) say(`not known: ${unknown.join(', ')}; --list names all`);
  const wanted = DIALECTS.filter(({ name }) => asked.length === 0 || asked.includes(name));
  process.exitCode = unknown.length > 0 ? 1 : 0;
  for (const [index, dialect] of wanted.entries()) {
    await capture(dialect, `${index + 1}/${wanted.length}`).catch((error) => {
      say(`${dialect.name}: ${error.message}`);
      process.exitCode = 1;
    });
  }
  writeDocumented();
  writeLosses();
}
