import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';

const promtool = findComponent('promtool');
const folder = join(import.meta.dirname, '../../dashboards/prometheus');
const yamlBelow = (path: string): string[] =>
  readdirSync(join(folder, path), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .map((name) => join(folder, path, name));

function run(args: readonly string[]): { readonly status: number | null; readonly said: string } {
  if (!promtool.isThere) throw new Error('no promtool');
  const { status, stdout, stderr } = spawnSync(promtool.path, args, { encoding: 'utf8' });
  return { status, said: `${stdout}${stderr}` };
}

describe.skipIf(!promtool.isThere)('rules', () => {
  test('there are rule files and tests of them', () => {
    expect(yamlBelow('rules')).toHaveLength(4);
    expect(yamlBelow('tests')).toHaveLength(3);
  });

  test.for(yamlBelow('rules'))('promtool accepts %s', (file) => {
    const { status, said } = run(['check', 'rules', file]);
    expect(status, said).toBe(0);
  });

  test('promtool accepts the prometheus.yml of the README, with the rules', async () => {
    const readme = await readFile(join(folder, '../README.md'), 'utf8');
    const [, config = ''] = /```yaml\n(# prometheus\.yml[\s\S]*?)```/.exec(readme) ?? [];
    const place = await mkdtemp(join(tmpdir(), 'tokenmeter-prometheus-'));
    await writeFile(join(place, 'prometheus.yml'), config);
    await copyFile(join(folder, 'rules/recording.yaml'), join(place, 'tokenmeter.rules.yaml'));
    const { status, said } = run(['check', 'config', join(place, 'prometheus.yml')]);
    await rm(place, { recursive: true });
    expect(said).toMatch(/SUCCESS: \d+ rules found/);
    expect(status).toBe(0);
  });

  test.for(yamlBelow('tests'))('%s: rules fire and stay silent', { timeout: 240_000 }, (file) => {
    const { status, said } = run(['test', 'rules', file]);
    expect(status, said).toBe(0);
  });
});
