// Builds one component into the user's cache. It appears under its name only when it is whole.
import { spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { buildCollector, collectorBinary } from '../collector-config/dist/index.js';

const CACHE = join(
  process.env.XDG_CACHE_HOME || join(homedir(), '.cache'),
  'tokenmeter',
  'components',
);
const LOCK = join(CACHE, 'lock');
const PROGRESS_MS = 20_000;

/** Where a recipe's result lies; another recipe, another folder. */
function folderOf(recipe) {
  if (recipe.kind === 'collector') return dirname(collectorBinary(CACHE));
  const hash = createHash('sha256').update(JSON.stringify({ ...recipe, minutes: undefined }));
  return join(CACHE, `${recipe.name}-${recipe.version}-${hash.digest('hex').slice(0, 12)}`);
}

export function pathsOf(recipe) {
  const folder = folderOf(recipe);
  return Object.fromEntries(Object.keys(recipe.commands).map((name) => [name, join(folder, name)]));
}

export function isBuilt(recipe) {
  return existsSync(folderOf(recipe));
}

/** Undefined when the recipe's tool is there, else what to do. */
export function missingTool(recipe) {
  const check = {
    go: ['go', ['version']],
    mvn: ['mvn', ['--version']],
    npm: ['npm', ['--version']],
  };
  const [command, args] = check[recipe.tool];
  if (spawnSync(command, args, { stdio: 'ignore' }).status === 0) return undefined;
  const named = { go: 'Go 1.26 (https://go.dev/dl)', mvn: 'Maven and Java 17', npm: 'npm' };
  return `building ${recipe.name} needs ${named[recipe.tool]} on PATH`;
}

/** Runs a step to its end; says every now and then that it still runs; throws with its last words. */
function run(what, command, args, { cwd, env = {}, say }) {
  return new Promise((resolve, reject) => {
    const started = Date.now();
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    let words = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stderr.on('data', (chunk) => {
      words = (words + chunk).slice(-4000);
    });
    // Whoever stops this stops the compiler with it.
    const stop = (signal) => {
      child.kill(signal);
      process.exitCode = 1;
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, stop);
    const timer = setInterval(() => {
      say(`${what}: ${Math.round((Date.now() - started) / 1000)} s so far`);
    }, PROGRESS_MS);
    child.once('error', reject);
    child.once('close', (code) => {
      clearInterval(timer);
      for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, stop);
      if (code === 0) resolve(output);
      else
        reject(new Error(`${what} failed with exit code ${code}:\n${words}${output.slice(-2000)}`));
    });
  });
}

const GO_ENV = { CGO_ENABLED: '0', GOFLAGS: '-modcacherw', GOWORK: 'off' };

/** Compiles without `go mod tidy`, which would ask for test dependencies of dependencies. */
async function compile(recipe, sources, draft, say) {
  for (const [binary, target] of Object.entries(recipe.commands)) {
    const args = ['build', '-mod=mod', '-trimpath', '-buildvcs=false', '-tags', recipe.tags];
    args.push('-ldflags=-s -w', '-o', join(draft, binary), target);
    await run(`compiling ${binary}`, 'go', args, { cwd: sources, env: GO_ENV, say });
  }
}

function replacesIn(goMod) {
  const block = /^replace \([\s\S]*?^\)/gm;
  const line = /^replace [^(\n]*$/gm;
  return [...(goMod.match(block) ?? []), ...(goMod.replace(block, '').match(line) ?? [])].join(
    '\n',
  );
}

async function buildGo(recipe, draft, say) {
  const sources = join(draft, 'sources');
  mkdirSync(sources);
  let goMod = recipe.goMod;
  if (recipe.replacesOf !== undefined) {
    const args = ['mod', 'download', '-json', recipe.replacesOf];
    const answer = await run(`reading ${recipe.replacesOf}`, 'go', args, { env: GO_ENV, say });
    goMod += `\n${replacesIn(readFileSync(JSON.parse(answer).GoMod, 'utf8'))}\n`;
  }
  writeFileSync(join(sources, 'go.mod'), goMod);
  await compile(recipe, sources, draft, say);
}

async function buildMaven(recipe, draft, say) {
  const dependencies = recipe.dependencies.map(
    ({ groupId, artifactId, version }) =>
      `<dependency><groupId>${groupId}</groupId><artifactId>${artifactId}</artifactId><version>${version}</version></dependency>`,
  );
  const pom = `<project><modelVersion>4.0.0</modelVersion><groupId>tokenmeter</groupId><artifactId>${recipe.name}</artifactId><version>1</version><dependencies>${dependencies.join('')}</dependencies></project>`;
  writeFileSync(join(draft, 'pom.xml'), pom);
  const args = ['-B', '-q', 'dependency:copy-dependencies', '-DincludeScope=runtime'];
  args.push(`-DoutputDirectory=${join(draft, Object.keys(recipe.commands)[0])}`);
  await run(`bringing ${recipe.name}`, 'mvn', args, { cwd: draft, say });
}

async function buildNpm(recipe, draft, say) {
  const manifest = { name: 'component', private: true, dependencies: recipe.dependencies };
  writeFileSync(join(draft, 'package.json'), JSON.stringify(manifest));
  const args = ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  await run(`installing ${recipe.name}`, 'npm', args, { cwd: draft, say });
}

const BUILDERS = { go: buildGo, maven: buildMaven, npm: buildNpm };

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === 'EPERM';
  }
}

function takeLock() {
  try {
    writeFileSync(LOCK, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error.code !== 'EEXIST') throw error;
  }
  const owner = Number(readFileSync(LOCK, 'utf8') || '0');
  // An empty file is a lock that is being written this moment.
  if (owner > 0 && !isAlive(owner)) rmSync(LOCK, { force: true });
  return false;
}

async function waitForLock(say) {
  mkdirSync(CACHE, { recursive: true });
  for (let tries = 0; !takeLock(); tries++) {
    if (tries % 40 === 0) say('another build is running; waiting for it');
    await new Promise((resolve) => setTimeout(resolve, 500));
  }
}

async function buildLocked(recipe, say) {
  if (isBuilt(recipe)) return;
  say(
    `building ${recipe.name} ${recipe.version}${recipe.minutes ? ` (about ${recipe.minutes} min on two cores)` : ''}`,
  );
  if (recipe.kind === 'collector') {
    await buildCollector({ cacheFolder: CACHE, env: process.env, say });
    return;
  }
  const folder = folderOf(recipe);
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  mkdirSync(draft, { recursive: true });
  try {
    await BUILDERS[recipe.kind](recipe, draft, say);
    rmSync(join(draft, 'sources'), { recursive: true, force: true });
    renameSync(draft, folder);
  } finally {
    rmSync(draft, { recursive: true, force: true });
  }
}

/** Builds what is missing, one at a time over all processes of this user. Throws with the tool's words. */
export async function buildComponent(recipe, say) {
  if (isBuilt(recipe)) return;
  await waitForLock(say);
  try {
    await buildLocked(recipe, say);
  } finally {
    rmSync(LOCK, { force: true });
  }
}
