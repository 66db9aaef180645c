import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createResource, DISTRO_VERSION } from './create-resource.ts';

test('every start has an instance id of its own, and nothing of the host is told', () => {
  const [first, second] = [createResource(), createResource()];
  const id = first.attributes['service.instance.id'];
  expect(id).toMatch(/^[0-9a-f]{8}-[0-9a-f-]{27}$/);
  expect(second.attributes['service.instance.id']).not.toBe(id);
  expect(first.attributes['telemetry.distro.name']).toBe('tokenmeter');
  expect(first.attributes['service.name']).toMatch(/^unknown_service:node[^/]*$/);
  const keys = Object.keys(first.attributes);
  expect(keys.filter((key) => /^(?:host|os|process)\./.test(key))).toEqual([]);
});

test('the version is that of the package', () => {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  expect(DISTRO_VERSION).toBe(JSON.parse(file).version);
});
