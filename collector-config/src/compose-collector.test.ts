// biome-ignore-all lint/suspicious/noTemplateCurlyInString: references to variables, in the words of the Collector
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { composeCollector } from './compose-collector.ts';
import { listConfigNames, readConfigFile } from './config-files.ts';
import { mapAt } from './config-value.ts';
import { includedFiles, renderConfigArguments, renderMergedConfig } from './render-collector.ts';

const files: Readonly<Record<string, string>> = {
  'base.yaml': 'extensions: {health_check: {}}\nservice: {extensions: [health_check]}',
  'plain.yaml': 'processors: {transform/plain: {}}',
  'normalise.yaml': 'processors: {transform/normalise: {}}',
  'price.yaml': 'processors: {transform/price: {a: "[${file:${env:ROWS:-generated/rows.ottl}}]"}}',
  'meter.yaml': '{}',
  'privacy.yaml': 'processors: {transform/privacy: {drop: true}}',
  'keep-content.yaml': 'processors: {transform/privacy: {drop: false}}',
  'sampling/tail.yaml': 'processors: {tail_sampling: {}}',
  'backends/one.yaml': 'exporters: {otlp_http/one: {endpoint: "${env:ONE_URL}"}}',
  'backends/two.yaml':
    'extensions: {basicauth/two: {}}\nexporters: {clickhouse/two: {url: "${env:TWO_URL:-x}"}}',
};
const read = (name: string): string | undefined => files[name];

function compose(choice: Parameters<typeof composeCollector>[0]) {
  const composed = composeCollector(choice, read);
  if (!composed.ok) throw new Error(composed.problems.join('; '));
  return composed.composition;
}

test('a choice is a list of files, later ones win', () => {
  const composition = compose({
    backends: ['two', 'one', 'two'],
    sampling: 'tail',
    keepsContent: true,
  });
  expect(renderConfigArguments(composition, '/c').filter((each) => each !== '--config')).toEqual([
    '/c/base.yaml',
    '/c/plain.yaml',
    '/c/normalise.yaml',
    '/c/price.yaml',
    '/c/meter.yaml',
    '/c/privacy.yaml',
    '/c/keep-content.yaml',
    '/c/sampling/tail.yaml',
    '/c/backends/two.yaml',
    '/c/backends/one.yaml',
    'yaml:service: {extensions: [health_check, basicauth/two]}',
  ]);
  expect(mapAt(composition.merged, 'processors', 'transform/privacy')).toEqual({ drop: false });
  expect(mapAt(composition.merged, 'service')).toEqual({
    extensions: ['health_check', 'basicauth/two'],
  });
  expect(composition.contribOnly).toEqual(['clickhouse']);
});

test('variables are named with the file that needs them', () => {
  expect(compose({ backends: ['one', 'two'] }).variables).toEqual([
    { name: 'ROWS', isRequired: false, file: 'price.yaml' },
    { name: 'ONE_URL', isRequired: true, file: 'backends/one.yaml' },
    { name: 'TWO_URL', isRequired: false, file: 'backends/two.yaml' },
  ]);
});

test('every problem of a choice is named at once', () => {
  expect(composeCollector({ backends: [], auth: ['a', 'b'] }, read)).toEqual({
    ok: false,
    problems: ['no backend is chosen', 'there is no auth/a.yaml', 'there is no auth/b.yaml'],
  });
});

test('merged, a configuration needs no other file', () => {
  const composition = compose({ backends: ['one'] });
  expect(includedFiles(composition.merged)).toEqual([
    { variable: 'ROWS', path: 'generated/rows.ottl' },
  ]);
  const text = renderMergedConfig(composition, new Map([['ROWS', '{"a":1,\n"$$":2}\n']]));
  expect(parse(text)).toMatchObject({
    processors: { 'transform/price': { a: '[{"a":1,\n"$$":2}\n]' } },
    exporters: { 'otlp_http/one': { endpoint: '${env:ONE_URL}' } },
  });
});

test.for([
  '../package.yaml',
  '/etc/passwd',
  'backends/../base.yaml',
  'package.json',
  'backends/nope.yaml',
])('no file is read for %s', (name) => {
  expect(readConfigFile(name)).toBeUndefined();
});

test('every backend takes money or spans, and adds names that are its own', () => {
  const seen = new Map<string, string>();
  for (const backend of listConfigNames('backends')) {
    const part: unknown = parse(readConfigFile(`backends/${backend}.yaml`) ?? '');
    for (const kind of ['exporters', 'processors', 'extensions']) {
      for (const id of Object.keys(Object(Reflect.get(Object(part), kind)))) {
        // Datadog's two files give the journal of meter.yaml another pace.
        if (id === 'otlp_http/journal' && backend.startsWith('datadog')) continue;
        expect(seen.get(`${kind} ${id}`), `${id} of ${backend}`).toBeUndefined();
        seen.set(`${kind} ${id}`, backend);
      }
    }
    const service: unknown = Reflect.get(Object(part), 'service');
    const pipelines = Object.keys(Object(Reflect.get(Object(service), 'pipelines')));
    expect(pipelines.length).toBeGreaterThan(0);
    for (const name of pipelines)
      expect(name).toMatch(new RegExp(`^(?:metrics|traces)/${backend}$`));
  }
});
