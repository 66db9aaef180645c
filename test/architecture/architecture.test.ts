import { readdirSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '..', '..');

/** Who may import whom. A new edge is a change to this table, with its reason in ARCHITECTURE.md. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  semconv: [],
  core: ['semconv'],
  pricing: ['core', 'semconv'],
  anomaly: ['semconv'],
  instrumentation: ['core', 'pricing', 'semconv'],
  node: ['instrumentation', 'pricing', 'semconv'],
  worker: ['anomaly', 'semconv'],
  server: ['worker', 'anomaly', 'pricing', 'core', 'semconv'],
  web: ['server'],
  'collector-config': ['pricing', 'core', 'semconv'],
  dashboards: ['anomaly', 'semconv'],
  cli: [
    'collector-config',
    'dashboards',
    'server',
    'worker',
    'anomaly',
    'pricing',
    'core',
    'node',
    'web',
    'semconv',
  ],
  testkit: ['core', 'semconv'],
};

/** Packages whose first content is configuration that people read and copy lie at the top. */
const AT_THE_TOP = ['collector-config', 'dashboards'];
const folderOf = (packageName: string) =>
  join(AT_THE_TOP.includes(packageName) ? '' : 'packages', packageName);

const PURE = ['semconv', 'core', 'pricing', 'anomaly'];

/** Things a pure package must not touch: time, randomness, the process and the outside. */
const IMPURE =
  /\bfrom 'node:|\bimport\('node:|\bprocess\.|\bfetch\(|\bconsole\.|\bset(?:Timeout|Interval|Immediate)\(|\bnew Date\b|\bDate\.|\bMath\.random\b|\bperformance\./;

interface SourceFile {
  readonly path: string;
  readonly packageName: string;
  readonly text: string;
}

function listSources(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === 'generated' ? [] : listSources(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

const files: readonly SourceFile[] = Object.keys(ALLOWED).flatMap((packageName) =>
  listSources(join(root, folderOf(packageName), 'src')).map((path) => ({
    path: relative(root, path),
    packageName,
    text: readFileSync(path, 'utf8'),
  })),
);
const isTest = (file: SourceFile) => /\.test(-kit)?\.tsx?$/.test(file.path);
const shipped = files.filter((file) => !isTest(file));

function withoutComments(text: string): string {
  return text.replaceAll(/\/\*[\s\S]*?\*\//g, '').replaceAll(/^\s*\/\/.*$/gm, '');
}

/** What a package offers beside its main entry, in its own `exports`, is no reach into it. */
function isExported(name: string): boolean {
  const [, packageName = '', ...path] = name.split('/');
  const manifest: unknown = JSON.parse(
    readFileSync(join(root, folderOf(packageName), 'package.json'), 'utf8'),
  );
  const exported: unknown = Reflect.get(Object(manifest), 'exports');
  return Object.hasOwn(Object(exported), `./${path.join('/')}`);
}

function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:\bfrom\s+|\bimport\s+|\bimport\()'([^']+)'/g);
  return [...found].map((match) => match[1] ?? '');
}

describe('architecture', () => {
  test('the packages are those of the table', () => {
    expect([...readdirSync(join(root, 'packages')), ...AT_THE_TOP].sort()).toEqual(
      Object.keys(ALLOWED).sort(),
    );
  });

  test('packages import only what the table allows', () => {
    const wrong = shipped.flatMap((file) =>
      importsOf(file.text)
        .filter((name) => name.startsWith('@tokenmeter/'))
        .filter((name) => !ALLOWED[file.packageName]?.includes(name.split('/')[1] ?? ''))
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('the table has no cycle', () => {
    const order: string[] = [];
    const visit = (name: string, path: readonly string[]): void => {
      expect(path, `cycle at ${name}`).not.toContain(name);
      for (const next of ALLOWED[name] ?? []) visit(next, [...path, name]);
      if (!order.includes(name)) order.push(name);
    };
    for (const name of Object.keys(ALLOWED)) visit(name, []);
    expect(order).toHaveLength(Object.keys(ALLOWED).length);
  });

  test('no package reaches into another one', () => {
    const wrong = files.flatMap((file) =>
      importsOf(file.text)
        .filter(
          (name) =>
            (/^@tokenmeter\/[^/]+\/.+/.test(name) && !isExported(name)) ||
            (name.startsWith('..') &&
              !join(file.path, '..', name).startsWith(`${folderOf(file.packageName)}/`) &&
              !isTest(file)),
        )
        .map((name) => `${file.path} imports ${name}`),
    );
    expect(wrong).toEqual([]);
  });

  test('pure packages touch nothing outside', () => {
    const wrong = shipped
      .filter((file) => PURE.includes(file.packageName))
      .flatMap((file) =>
        file.text
          .split('\n')
          .map((line, index) => ({ line, at: `${file.path}:${index + 1}` }))
          .filter(({ line }) => IMPURE.test(line) && !/^\s*(\*|\/\/|\/\*)/.test(line))
          .map(({ line, at }) => `${at}: ${line.trim()}`),
      );
    expect(wrong).toEqual([]);
  });

  test('pure packages have no dependency but pure packages', () => {
    const outside = PURE.flatMap((name) => {
      const manifest: unknown = JSON.parse(
        readFileSync(join(root, 'packages', name, 'package.json'), 'utf8'),
      );
      const dependencies =
        typeof manifest === 'object' && manifest !== null && 'dependencies' in manifest
          ? Object.keys(manifest.dependencies ?? {})
          : [];
      return dependencies
        .filter((each) => !PURE.includes(each.replace('@tokenmeter/', '')))
        .map((each) => `${name} depends on ${each}`);
    });
    expect(outside).toEqual([]);
  });

  test('only the composition roots read the environment and no one ends the process', () => {
    const roots = ['packages/cli/src/main.ts', 'packages/node/src/register.ts'];
    const wrong = shipped
      .filter((file) => file.packageName !== 'testkit')
      .flatMap((file) => [
        ...(/\bprocess\.env\b/.test(file.text) && !roots.includes(file.path)
          ? [`${file.path} reads process.env`]
          : []),
        ...(/\bprocess\.exit\(/.test(withoutComments(file.text))
          ? [`${file.path} calls process.exit()`]
          : []),
      ]);
    expect(wrong).toEqual([]);
  });

  test('files stay within 300 lines', () => {
    const long = files
      .map((file) => ({ path: file.path, lines: file.text.split('\n').length - 1 }))
      .filter(({ lines, path }) => lines > 300 && !path.endsWith('.test.ts'));
    expect(long).toEqual([]);
  });

  test('index files are explicit lists', () => {
    const wrong = files
      .filter((file) => /\/index\.ts$/.test(file.path))
      .filter((file) => /export \*/.test(file.text));
    expect(wrong).toEqual([]);
  });

  test('files are not named for nothing', () => {
    const wrong = files.filter((file) =>
      /\/(utils?|helpers?|common|misc)(\.ts|\/)/.test(file.path),
    );
    expect(wrong.map((file) => file.path)).toEqual([]);
  });
});
