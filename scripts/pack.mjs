// `node scripts/bootstrap.mjs pack`: packs what an application installs as tarballs into `packed/` and prints the command
// that installs them, for bundlers and images that take no links out of their own folder.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const PACKAGES = ['semconv', 'core', 'pricing', 'instrumentation', 'node'];

const root = join(import.meta.dirname, '..');
const folder = join(root, 'packed');
mkdirSync(folder, { recursive: true });

const files = [];
for (const name of PACKAGES) {
  const cwd = join(root, 'packages', name);
  const manifest = JSON.parse(readFileSync(join(cwd, 'package.json'), 'utf8'));
  const file = `${manifest.name.replace('@', '').replace('/', '-')}-${manifest.version}.tgz`;
  const packed = spawnSync('pnpm', ['pack', '--out', join(folder, file)], {
    cwd,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  if (packed.status !== 0) {
    process.stderr.write(
      `pack: ${manifest.name}: ${packed.error?.message ?? packed.stderr + packed.stdout}\n`,
    );
    process.exitCode = 1;
    break;
  }
  files.push(join(folder, file));
}
if (files.length === PACKAGES.length) process.stdout.write(`npm install ${files.join(' ')}\n`);
