// Renders everything that is generated from dashboards/src; `--check` changes nothing and fails on what is stale.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { renderAll } from '../dashboards/dist/index.js';

const folder = join(import.meta.dirname, '..', 'dashboards');
const GENERATED = ['grafana', 'prometheus/rules', 'datadog', 'cloudwatch'];
const isCheck = process.argv.includes('--check');

function filesBelow(path) {
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)));
}

const wanted = renderAll();
const stale = [
  ...[...wanted]
    .filter(([path, text]) => {
      const file = join(folder, path);
      return !existsSync(file) || readFileSync(file, 'utf8') !== text;
    })
    .map(([path]) => path),
  ...GENERATED.flatMap((each) => filesBelow(join(folder, each))).filter(
    (path) => !wanted.has(path),
  ),
];
if (isCheck) {
  for (const path of stale) process.stderr.write(`stale: dashboards/${path}\n`);
  process.exitCode = stale.length === 0 ? 0 : 1;
} else {
  for (const path of stale) {
    const file = join(folder, path);
    const text = wanted.get(path);
    if (text === undefined) rmSync(file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  process.stdout.write(`${wanted.size} files, ${stale.length} changed\n`);
}
