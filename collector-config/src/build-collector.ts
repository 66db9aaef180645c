import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CONFIG_FOLDER } from './config-folder.ts';
import { runTool, type ToolRun } from './run-tool.ts';

/** How the lean distribution is built. */
export interface CollectorBuild {
  /** Folder of finished programs; the binary appears in a folder of its own there. */
  readonly cacheFolder: string;
  /** The environment of the Go tool. */
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly say: (text: string) => void;
  readonly signal?: AbortSignal | undefined;
}

const BINARY = 'otelcol-tokenmeter';
const MODULE = 'go.opentelemetry.io/collector';
const BUILD_TAGS = 'grpcnotrace';

/** The manifest without comments: another comment is not another program. */
function readManifest(): string {
  const text = readFileSync(new URL('manifest.yaml', CONFIG_FOLDER), 'utf8');
  return text.replaceAll(/^\s*(?:#.*)?\n/gm, '');
}

function versionOf(manifest: string): string {
  const version = /^ {2}version: (\S+)$/m.exec(manifest)?.[1];
  if (version === undefined) throw new Error('expected dist.version in manifest.yaml');
  return version;
}

/** Where `buildCollector` puts the binary; it is there once it has been built. */
export function collectorBinary(cacheFolder: string): string {
  const manifest = readManifest();
  const hash = createHash('sha256').update(manifest).digest('hex').slice(0, 12);
  return join(cacheFolder, `collector-${versionOf(manifest)}-${hash}`, BINARY);
}

/**
 * The builder writes the sources; its own way to a go.mod ends in `go mod tidy`, which asks for the test dependencies of
 * dependencies. So the manifest's modules are named here. `otelcol` and `service` are what the sources import besides;
 * through them every core module has its version.
 */
function goModOf(manifest: string): string {
  const modules = [...manifest.matchAll(/^\s*- gomod: (\S+ \S+)$/gm)].map((match) => match[1]);
  for (const name of ['otelcol', 'service']) {
    modules.push(`${MODULE}/${name} v${versionOf(manifest)}`);
  }
  return `module tokenmeter.invalid/otelcol\n\ngo 1.25.0\n\nrequire (\n\t${modules.join('\n\t')}\n)\n`;
}

async function compile(target: string, binary: string, run: ToolRun): Promise<void> {
  const flags = ['-mod=mod', '-trimpath', '-buildvcs=false', '-tags', BUILD_TAGS];
  await runTool(
    `compiling ${binary}`,
    ['go', 'build', ...flags, '-ldflags=-s -w', '-o', binary, target],
    run,
  );
}

async function buildBuilder(draft: string, version: string, run: ToolRun): Promise<string> {
  const folder = join(draft, 'builder');
  mkdirSync(folder);
  const goMod = `module tokenmeter.invalid/builder\n\ngo 1.26\n\nrequire ${MODULE}/cmd/builder v${version}\n`;
  writeFileSync(join(folder, 'go.mod'), goMod);
  const binary = join(folder, 'ocb');
  await compile(`${MODULE}/cmd/builder`, binary, { ...run, cwd: folder });
  return binary;
}

/**
 * Builds the lean distribution with Go, once per manifest, and returns the path of its binary. It appears there only when
 * it is whole. Takes about two minutes on two cores, and the sources from the Go module proxy. Rejects with Go's words.
 */
export async function buildCollector(build: CollectorBuild): Promise<string> {
  const binary = collectorBinary(build.cacheFolder);
  if (existsSync(binary)) return binary;
  const manifest = readManifest();
  const folder = join(binary, '..');
  const draft = `${folder}.${process.pid}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  const env = { ...build.env, CGO_ENABLED: '0', GOFLAGS: '-modcacherw', GOWORK: 'off' };
  const run: ToolRun = { cwd: draft, env, say: build.say, signal: build.signal };
  try {
    const builder = await buildBuilder(draft, versionOf(manifest), run);
    writeFileSync(join(draft, 'manifest.yaml'), manifest);
    await runTool(
      'writing the sources of the Collector',
      [builder, '--config', 'manifest.yaml', '--skip-get-modules', '--skip-compilation'],
      run,
    );
    const sources = join(draft, 'sources');
    writeFileSync(join(sources, 'go.mod'), goModOf(manifest));
    await compile('.', join(draft, BINARY), { ...run, cwd: sources });
    for (const name of ['builder', 'sources']) rmSync(join(draft, name), { recursive: true });
    if (!existsSync(binary)) renameSync(draft, folder);
    return binary;
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}
