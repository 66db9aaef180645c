import { createRequire } from 'node:module';
import { join } from 'node:path';
import { datadogBoard, datadogMonitors } from '@tokenmeter/dashboards';
import { describe, expect, test } from 'vitest';
import { findComponent } from '../support/components.ts';

const client = findComponent('datadog-client');

/** Where the types of Datadog's API are read with; it marks what it does not know as unparsed. */
const SERIALIZER =
  '@datadog/datadog-api-client/dist/packages/datadog-api-client-v1/models/ObjectSerializer';

/** Paths of what Datadog's own client does not understand. */
function unparsed(content: unknown, type: string): readonly string[] {
  if (!client.isThere) throw new Error('no client');
  const { ObjectSerializer } = createRequire(join(client.path, 'x.js'))(SERIALIZER);
  const found: string[] = [];
  const walk = (value: unknown, path: string): void => {
    if (typeof value !== 'object' || value === null) return;
    if ('unparsedObject' in value || '_unparsed' in value) found.push(path);
    for (const [key, member] of Object.entries(value)) walk(member, `${path}.${key}`);
  };
  walk(ObjectSerializer.deserialize(JSON.parse(JSON.stringify(content)), type, ''), type);
  return found;
}

describe.skipIf(!client.isThere)('Datadog’s own client', () => {
  test('knows every part of the board', () => {
    expect(unparsed(datadogBoard(), 'Dashboard')).toEqual([]);
  });

  test.for(datadogMonitors())('knows every part of the monitor $name', (monitor) => {
    expect(unparsed(monitor, 'Monitor')).toEqual([]);
  });

  test('says so where it does not', () => {
    expect(unparsed({ ...datadogBoard(), layout_type: 'heap' }, 'Dashboard')).not.toEqual([]);
  });
});
