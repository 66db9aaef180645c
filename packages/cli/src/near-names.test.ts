import { expect, test } from 'vitest';
import { nearNames } from './near-names.ts';

const KNOWN = ['datadog', 'datadog-exporter', 'grafana-cloud', 'prometheus', 'tempo'];

test.for([
  { name: 'promethius', want: ['prometheus'] },
  { name: 'prometehus', want: ['prometheus'] },
  { name: 'Datadog', want: ['datadog', 'datadog-exporter'] },
  { name: 'grafana', want: ['grafana-cloud'] },
  { name: 'prometheus,datadog', want: ['prometheus', 'datadog'] },
  { name: 'te', want: [] },
  { name: 'snowflake', want: [] },
])('$name', ({ name, want }) => {
  expect(nearNames(name, KNOWN)).toEqual(want);
});
