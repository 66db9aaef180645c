import { type Json, objectOf } from './provider/model-answer.ts';

/** One line about a captured file: how much it holds and what it misses. */
export function describeCapture(captured: Json): string {
  const steps = listOf(captured.steps);
  const calls = steps.flatMap((step) => listOf(step.truth));
  const billed = calls.filter((call) => call.tokens !== undefined);
  const whole = billed.filter((call) => listOf2(call.lost).length === 0);
  const silent = billed.filter((call) => listOf2(call.spans).length === 0);
  const spans = steps.flatMap((step) =>
    listOf(objectOf(step.traces).resourceSpans).flatMap((group) =>
      listOf(group.scopeSpans).flatMap((scoped) => listOf(scoped.spans)),
    ),
  );
  return (
    `${steps.length} steps, ${calls.length} calls, ${spans.length} spans; of ${billed.length} calls with usage ` +
    `${whole.length} are whole on the spans, ${silent.length} are nowhere`
  );
}

/** The text of a captured file: a line for each step, call and span. */
export function renderCapture(captured: Json): string {
  // Quotes inside of JSON text are escaped, so these openings are always members.
  const text = JSON.stringify(captured)
    .replaceAll(/\{"(?:traceId|api)":/g, '\n$&')
    .replaceAll(/\{"name":"(?:[^"\\]|\\.)*","truth":/g, '\n$&');
  return `${text}\n`;
}

function listOf(value: unknown): readonly Json[] {
  return Array.isArray(value) ? value.map(objectOf) : [];
}

function listOf2(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
