import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { installSdks } from './install-sdks.ts';

const root = join(import.meta.dirname, '../..');

const PROGRAM = `import { flush } from '@tokenmeter/node';
fetch(process.env.URL, { method: 'POST', body: '{}' }).catch((error) => console.log(error.cause.code)).then(flush);`;

test.for([{ format: 'cjs' }, { format: 'esm' }])(
  'a program whose bundle ($format) took in the preload runs, and is told that nothing is metered',
  { timeout: 240_000 },
  async ({ format }, context) => {
    const installation = await installSdks([], () => undefined).catch((error: unknown) => {
      if (process.env.CI === 'true') throw error;
      return undefined;
    });
    if (installation === undefined) return context.skip('esbuild could not be installed');
    const folder = mkdtempSync(join(tmpdir(), 'tokenmeter-bundled-'));
    try {
      const [source, file] = [join(folder, 'program.mjs'), join(folder, `bundle.${format}.js`)];
      writeFileSync(source, PROGRAM);
      writeFileSync(join(folder, 'package.json'), format === 'esm' ? '{"type":"module"}' : '{}');
      execFileSync(process.execPath, [
        join(installation.esbuildFolder, 'node_modules/esbuild/bin/esbuild'),
        source,
        '--bundle',
        '--platform=node',
        `--format=${format}`,
        '--log-level=error',
        `--alias:@tokenmeter/node=${join(root, 'packages/node/dist/register.js')}`,
        `--outfile=${file}`,
      ]);
      const env = { PATH: process.env.PATH, URL: 'http://127.0.0.1:1024/v1/chat/completions' };
      const ran = spawnSync(process.execPath, [file], { env, encoding: 'utf8' });
      expect({ code: ran.status, stdout: ran.stdout }).toEqual({
        code: 0,
        stdout: 'ECONNREFUSED\n',
      });
      expect(ran.stderr).toContain('mark it as external');
      expect(ran.stderr.match(/TokenmeterWarning/g)).toHaveLength(1);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
