// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables, in the words of the Collector
import { describe, expect, test } from 'vitest';
import { absentFiles, oddVariables, parseHeaders, settleVariables } from './collector-variables.ts';

/** A composition that reads these variables. */
function reading(...names: readonly string[]) {
  const variables = names.map((name) => ({ name, isRequired: false, file: 'x.yaml' }));
  return { variables, merged: { data: '${file:${env:TOKENMETER_PRICE_NAMES:-generated/a.txt}}' } };
}

test.for([
  { text: '{authorization: Bearer a}', want: { authorization: 'Bearer a' } },
  { text: '{api_key: 0123, b: true}', want: { api_key: '0123', b: 'true' } },
  { text: '{"x-a": "b: c=d, {e}"}', want: { 'x-a': 'b: c=d, {e}' } },
  { text: 'authorization: Bearer a', want: { authorization: 'Bearer a' } },
  { text: 'authorization=Bearer%20a', want: { authorization: 'Bearer a' } },
  { text: 'a=b==, c = d', want: { a: 'b==', c: 'd' } },
  { text: 'a=100%', want: { a: '100%' } },
  { text: 'Bearer a', want: undefined },
  { text: '{a: [b]}', want: undefined },
  { text: '{a b: c}', want: undefined },
  { text: '{a', want: undefined },
  { text: '[a=b]', want: undefined },
])('headers: $text', ({ text, want }) => {
  expect(parseHeaders(text)).toEqual(want);
});

describe('what a variable is set to', () => {
  test.for([
    { name: 'MY_ENDPOINT', right: ['http://a', 'https://a:1/b', 'http://${env:HOST}:4318'] },
    { name: 'LANGFUSE_HOST', right: ['https://cloud.langfuse.com/'] },
    { name: 'TOKENMETER_BACKEND_CLICKHOUSE_ENDPOINT', right: ['tcp://a:9000', 'http://a'] },
    { name: 'MY_HEADERS', right: ['a=b', '{a: b}'] },
    { name: 'TOKENMETER_SAMPLING_PERCENTAGE', right: ['0', '12.5', '100'] },
    { name: 'TOKENMETER_OTLP_PORT', right: ['1', '65535'] },
  ])('$name', ({ name, right }) => {
    expect(right.flatMap((text) => oddVariables(reading(name), { [name]: text }))).toEqual([]);
  });

  test.for([
    { name: 'MY_ENDPOINT', wrong: ['a:1', 'ftp://a', 'http://a:99999', 'http://'] },
    { name: 'LANGFUSE_HOST', wrong: ['cloud.langfuse.com'] },
    { name: 'TOKENMETER_BACKEND_CLICKHOUSE_ENDPOINT', wrong: ['a:9000'] },
    { name: 'MY_HEADERS', wrong: ['Bearer a'] },
    { name: 'TOKENMETER_SAMPLING_PERCENTAGE', wrong: ['-5', '150', 'x'] },
    { name: 'TOKENMETER_OTLP_PORT', wrong: ['0', '65536', '080', '1e3'] },
  ])('$name cannot be this', ({ name, wrong }) => {
    for (const text of wrong) {
      expect(oddVariables(reading(name), { [name]: text })).toHaveLength(1);
    }
  });
});

test('files that are not there are named', () => {
  const env = { MY_FILE: '/nowhere', OTHER_FILE: '/here', UNSET_FILE: '' };
  const composition = reading('MY_FILE', 'OTHER_FILE', 'UNSET_FILE', 'NO_FOLDER');
  expect(absentFiles(composition, env, (path) => path === '/here')).toEqual([
    'MY_FILE names /nowhere, which cannot be read; x.yaml needs it',
  ]);
});

test('a variable that is set to nothing is not set', () => {
  const env = { MY_PERCENTAGE: '', MY_KEY: 'a' };
  expect(settleVariables(reading('MY_PERCENTAGE', 'MY_KEY', 'NO_KEY'), env)).toEqual({
    MY_PERCENTAGE: undefined,
  });
  expect(Object.keys(settleVariables(reading('MY_PERCENTAGE'), env))).toEqual(['MY_PERCENTAGE']);
});

test.for([
  { name: 'MY_ENDPOINT', text: 'http://a:1/', want: 'http://a:1' },
  { name: 'MY_ENDPOINT', text: 'http://a/otlp/v1/traces', want: 'http://a/otlp' },
  { name: 'LANGFUSE_HOST', text: 'https://a//', want: 'https://a' },
  { name: 'MY_HEADERS', text: 'a=b$$c', want: '{"a":"b$$$$c"}' },
  { name: 'MY_KEY', text: 'a$b', want: 'a$$b' },
  { name: 'MY_KEY', text: 'a$${b}', want: 'a$$$${b}' },
  { name: 'MY_KEY', text: 'a', want: undefined },
  { name: 'MY_KEY', text: '${env:OTHER}', want: undefined },
  // The path of an included file stands inside a reference, where nothing is expanded.
  { name: 'TOKENMETER_PRICE_NAMES', text: '/a$$b', want: undefined },
])('the Collector reads $name=$text as $want', ({ name, text, want }) => {
  expect(settleVariables(reading(name), { [name]: text })[name]).toBe(want);
});
