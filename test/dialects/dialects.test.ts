import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  FOREIGN_PYTHON_COUNTS,
  FOREIGN_TOTAL_COUNTS,
  FOREIGN_USAGE_PATHS,
  RAW_USAGE_SCOPE,
} from '../../packages/semconv/src/index.ts';
import { renderCapture } from './describe-capture.ts';
import { DIALECTS } from './dialect-list.ts';
import { documentedCaptures } from './documented-dialects.ts';
import { ENVIRONMENTS } from './environments.ts';
import { flattenSpans } from './otlp-json.ts';
import { type Capture, readCaptures } from './read-captures.ts';
import { renderLosses } from './render-losses.ts';

const captures = readCaptures();

function textOf(name: string): string {
  return readFileSync(new URL(`./captured/${name}.json`, import.meta.url), 'utf8');
}

test('every library of the list has a capture at its pinned version, and nothing else has one', () => {
  const documented = captures.filter(({ source }) => source === 'documented');
  const pins = DIALECTS.map(({ name, library, environment }) => [
    name,
    ENVIRONMENTS[environment]?.packages[library],
  ]);
  const wanted = [...pins, ...documented.map(({ name, version }) => [name, version])];
  expect(captures.map(({ name, version }) => [name, version]).sort()).toEqual(wanted.sort());
});

test('documented dialects are as their source says', () => {
  for (const capture of documentedCaptures()) {
    expect(textOf(String(capture.name))).toBe(renderCapture(capture));
  }
});

test('the page of losses is what the captures say; else run `node test/dialects/capture.mjs --losses`', () => {
  const page = new URL('../../collector-config/DIALECTS.md', import.meta.url);
  expect(readFileSync(page, 'utf8')).toBe(renderLosses(captures));
});

test('the Collector reads usage inside JSON at the paths of the table that the embedded server reads', () => {
  const yaml = readFileSync(
    new URL('../../collector-config/normalise.yaml', import.meta.url),
    'utf8',
  );
  const paths = Object.values(FOREIGN_USAGE_PATHS).flat();
  const inOttl = (path: string): string =>
    path
      .split('.')
      .map((key) => `["${key}"]`)
      .join('');
  expect(paths.filter((path) => !yaml.includes(`["u"]${inOttl(path)}`))).toEqual([]);
  expect(
    Object.values(FOREIGN_PYTHON_COUNTS).filter((name) => !yaml.includes(`${name}'?(?:: |=)(`)),
  ).toEqual([]);
  expect(yaml).toContain(`instrumentation_scope.name == "${RAW_USAGE_SCOPE}"`);
  expect(FOREIGN_TOTAL_COUNTS.filter((key) => !yaml.includes(`attributes["${key}"]`))).toEqual([]);
});

describe.for(captures)('$name', (capture) => {
  test('holds no trace of a machine, a key or another host', () => {
    const text = textOf(capture.name);
    expect(text.match(/\/(?:root|home|Users|tmp|var)\/[^"]{0,40}|sk-[A-Za-z0-9]{16,}/g)).toBeNull();
    const hosts = text.match(/https?:\/\/[^/"'\s\\]+/g) ?? [];
    const known = /127\.0\.0\.1:8080|json-schema\.org|docs\.langchain\.com/;
    expect(hosts.filter((host) => !known.test(host))).toEqual([]);
  });

  test('no number stands for two calls', () => {
    const inputs = callsOf(capture).flatMap(({ tokens }) => tokens?.input ?? []);
    expect(new Set(inputs).size).toBe(inputs.length);
  });

  test('what is carried adds up to what was used, less what is lost', () => {
    for (const { tokens = {}, carried, lost } of callsOf(capture)) {
      if (carried === undefined || lost.some((word) => word.includes('too high'))) continue;
      const isWhole = lost.length === 0;
      if (isWhole) expect(totalOf(carried)).toBe(totalOf(tokens));
      else expect(totalOf(carried)).toBeLessThanOrEqual(totalOf(tokens));
    }
  });

  test('the spans of a call are in its step', () => {
    for (const { truth, traces } of capture.steps) {
      const ids = flattenSpans([traces]).map(({ spanId }) => spanId);
      expect(ids).toEqual(expect.arrayContaining(truth.flatMap(({ spans }) => spans)));
    }
  });
});

function callsOf({ steps }: Capture): Capture['steps'][number]['truth'] {
  return steps.flatMap(({ truth }) => truth);
}

function totalOf(tokens: Readonly<Record<string, number>>): number {
  return Object.values(tokens).reduce((sum, count) => sum + count, 0);
}
