// Every published package must be importable as its manifest says; publint reads the manifests and the built files.
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';

const packages = join(import.meta.dirname, '..', 'packages');
let problems = 0;
for (const name of readdirSync(packages)) {
  const manifest = JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8'));
  if (manifest.private) continue;
  const { messages } = await publint({ pkgDir: join(packages, name), strict: true, pack: false });
  for (const message of messages) {
    problems += 1;
    console.error(`${manifest.name}: ${formatMessage(message, manifest)}`);
  }
}
process.exitCode = problems === 0 ? 0 : 1;
