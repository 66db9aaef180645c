import { type OtlpSink, startOtlpSink } from '@tokenmeter/testkit';
import { makeFolder } from '../e2e/run-process.ts';
import type { Component } from '../support/components.ts';
import { type RunningCollector, runCollector } from './run-collector.ts';

/** A Collector, and the one backend it has. */
export interface SinkRun extends AsyncDisposable {
  readonly running: RunningCollector;
  readonly sink: OtlpSink;
}

/** Runs a Collector whose only backend keeps what comes. Rejects with what it wrote if it ends before it is ready. */
export async function runIntoSink(
  collector: Component,
  {
    args = [],
    env = {},
  }: { readonly args?: readonly string[]; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<SinkRun> {
  await using started = new AsyncDisposableStack();
  const folder = started.use(await makeFolder());
  const sink = started.use(await startOtlpSink());
  const running = started.use(
    await runCollector({
      binary: collector.isThere ? collector.path : '',
      folder: folder.path,
      backends: ['otlp'],
      args,
      env: { TOKENMETER_BACKEND_OTLP_ENDPOINT: sink.url, ...env },
    }),
  );
  const all = started.move();
  return { running, sink, [Symbol.asyncDispose]: () => all.disposeAsync() };
}
