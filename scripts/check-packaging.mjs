// Every published package must be importable as its manifest says; publint reads the manifests and the built files.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const root = join(import.meta.dirname, '..');
const folders = [
  ...readdirSync(join(root, 'packages')).map((name) => join(root, 'packages', name)),
  join(root, 'collector-config'),
  join(root, 'dashboards'),
];
let problems = 0;
for (const folder of folders) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (manifest.private) continue;
  const { messages } = await publint({ pkgDir: folder, strict: true, pack: false });
  for (const message of messages) {
    problems += 1;
    console.error(`${manifest.name}: ${formatMessage(message, manifest)}`);
  }
}
process.exitCode = problems === 0 ? 0 : 1;
