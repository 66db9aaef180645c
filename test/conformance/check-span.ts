import type { SinkSpan } from '@tokenmeter/testkit';
import {
  genAi,
  general,
  LEGACY_SPAN_ATTRIBUTES,
  SPAN_SPECS,
} from '../../packages/semconv/src/index.ts';
import { checkAttributes, type Levels } from './check-attributes.ts';
import type { SemconvMode } from './check-point.ts';

/** What is wrong with one exported span against the declared conventions, in words; `more` may be there as well. */
export function checkSpan(
  span: SinkSpan,
  mode: SemconvMode,
  more: readonly string[] = [],
): readonly string[] {
  const { attributes } = span;
  const operation = String(attributes[genAi.operationName]);
  const spec = SPAN_SPECS.find(({ operations }) => operations.includes(operation));
  if (spec === undefined) return [`no span is declared for the operation ${operation}`];
  const problems = [...checkAttributes(attributes, levelsOf(spec.attributes, mode, more))];
  const model = attributes[genAi.requestModel];
  const name = model === undefined ? operation : `${operation} ${String(model)}`;
  if (span.name !== name) problems.push(`name is ${span.name}, not ${name}`);
  if (span.kind !== spec.kind) problems.push(`kind is ${span.kind}`);
  if (span.status.code === 'ok') problems.push('status is OK');
  if ((span.status.code === 'error') !== (attributes[general.errorType] !== undefined)) {
    problems.push(`status ${span.status.code} with error.type ${attributes[general.errorType]}`);
  }
  if (span.endUnixNano < span.startUnixNano) problems.push('it ends before it starts');
  if (span.events.length > 0) problems.push('it has events');
  return problems;
}

function levelsOf(levels: Levels, mode: SemconvMode, more: readonly string[]): Levels {
  const legacy = mode === 'legacy' || mode === 'both' ? LEGACY_SPAN_ATTRIBUTES : [];
  const added = [...legacy, ...more].map((name) => [name, 'recommended' as const]);
  return { ...levels, ...Object.fromEntries(added) };
}
