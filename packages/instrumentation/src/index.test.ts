import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import * as api from './index.ts';
import { INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION } from './version.ts';

test('the public names are these', () => {
  expect(Object.keys(api).toSorted()).toEqual([
    'DEFAULT_ATTRIBUTE_CAP',
    'TokenmeterInstrumentation',
    'activeMeter',
    'collectAttributes',
    'createMetering',
    'currentAttribution',
    'describeCall',
    'meterCall',
    'parseConfig',
    'withAttribution',
    'wrapFetch',
  ]);
});

test('name and version are those of the package', () => {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  const { name, version } = JSON.parse(file);
  expect([INSTRUMENTATION_NAME, INSTRUMENTATION_VERSION]).toEqual([name, version]);
});
