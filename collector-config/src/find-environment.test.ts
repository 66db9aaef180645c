// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables, in the words of the Collector
import { expect, test } from 'vitest';
import type { ConfigValue } from './config-value.ts';
import { findEnvironment } from './find-environment.ts';

test.for<{ note: string; config: ConfigValue; want: readonly [string, boolean][] }>([
  { note: 'no variable', config: { a: 'plain', b: 1, c: null, d: [true] }, want: [] },
  { note: 'without a default it is required', config: '${env:A}', want: [['A', true]] },
  {
    note: 'with a default it is not',
    config: ['${env:A:-x}', '${env:B:-}'],
    want: [
      ['A', false],
      ['B', false],
    ],
  },
  {
    note: 'one inside the default of another',
    config: { url: 'https://${env:HOST:-otlp.${env:SITE}}/v1' },
    want: [
      ['HOST', false],
      ['SITE', true],
    ],
  },
  { note: 'required once is required', config: ['${env:A:-x}', '${env:A}'], want: [['A', true]] },
  {
    note: 'two dollar signs are text',
    config: '$${env:A} $$$${env:B} $$${env:C}',
    want: [['C', true]],
  },
  { note: 'other providers are not the environment', config: '${file:a.yaml}', want: [] },
])('$note', ({ config, want }) => {
  expect(findEnvironment(config).map(({ name, isRequired }) => [name, isRequired])).toEqual(want);
});
