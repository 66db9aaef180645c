#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { addAbortSignal } from 'node:stream';
import type { Io } from './io.ts';
import { describeOldNode } from './old-node.ts';
import { runCli } from './run-cli.ts';

function readManifest(): { readonly version: string; readonly node: unknown } {
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../package.json', import.meta.url), 'utf8'),
  );
  const { version = 'unknown', engines } = isRecord(manifest) ? manifest : {};
  return { version: String(version), node: isRecord(engines) ? engines.node : undefined };
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

async function readStdin(): Promise<string | undefined> {
  if (process.stdin.isTTY) return undefined;
  let text = '';
  process.stdin.setEncoding('utf8');
  for await (const chunk of process.stdin) text += chunk;
  return text;
}

/** The question goes where results do not. Giving up, by Ctrl-C or Ctrl-D, is no answer. */
async function ask(question: string, stop: AbortSignal): Promise<string | undefined> {
  if (!process.stdin.isTTY || !process.stderr.isTTY) return undefined;
  const person = createInterface({ input: process.stdin, output: process.stderr });
  const left = new AbortController();
  person.once('close', () => left.abort());
  try {
    return await person.question(question, { signal: AbortSignal.any([stop, left.signal]) });
  } catch {
    return '';
  } finally {
    person.close();
  }
}

/** Ends early, without an error, once the person wants to stop. */
async function* readChunks(stop: AbortSignal): AsyncIterable<string> {
  process.stdin.setEncoding('utf8');
  try {
    for await (const chunk of addAbortSignal(stop, process.stdin)) yield String(chunk);
  } catch (error) {
    if (!stop.aborted) throw error;
  }
}

function stdoutReady(): Promise<boolean> {
  const { stdout } = process;
  if (stdout.destroyed || !stdout.writableNeedDrain) return Promise.resolve(!stdout.destroyed);
  return new Promise((resolve) => {
    const settle = (): void => {
      stdout.off('drain', settle).off('close', settle).off('error', settle);
      resolve(!stdout.destroyed);
    };
    stdout.on('drain', settle).on('close', settle).on('error', settle);
  });
}

/** npm hands on a Ctrl-C that the terminal has sent us already: within this time it is the same one. */
const SAME_REQUEST_MS = 500;

/** Ctrl-C, a polite kill, or the end of the parent that holds our IPC channel; the first two once more are `hurry`. */
function stopSignals(): Pick<Io, 'stop' | 'hurry'> {
  const stop = new AbortController();
  const hurry = new AbortController();
  let askedAt = Number.POSITIVE_INFINITY;
  const ask = (): void => {
    if (performance.now() - askedAt > SAME_REQUEST_MS) hurry.abort();
    askedAt = Math.min(askedAt, performance.now());
    stop.abort();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, ask);
  process.on('SIGHUP', () => stop.abort());
  if (process.connected) process.once('disconnect', () => stop.abort());
  return { stop: stop.signal, hurry: hurry.signal };
}

// A reader such as `head` may leave before all is written; that is no error of ours.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error;
});

const { stop, hurry } = stopSignals();

const io: Io = {
  stdout: (text) => void process.stdout.write(text),
  stderr: (text) => void process.stderr.write(text),
  readStdin,
  streamStdin: () => (process.stdin.isTTY ? undefined : readChunks(stop)),
  stdoutReady,
  ask: (question) => ask(question, stop),
  isTerminal: process.stdout.isTTY === true,
  isErrorTerminal: process.stderr.isTTY === true,
  columns: process.stdout.columns ?? 100,
  cwd: process.cwd(),
  env: process.env,
  stop,
  hurry,
};

const { version, node } = readManifest();

async function main(): Promise<number> {
  const problem = describeOldNode(process.versions.node, node);
  if (problem === undefined) return runCli(process.argv.slice(2), io, version);
  io.stderr(`tokenmeter: ${problem}\n`);
  return 1;
}

void main().then((code) => {
  process.exitCode = code;
  if (process.connected) process.disconnect();
});
