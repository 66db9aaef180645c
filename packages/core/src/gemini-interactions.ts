import { type ResponseDraft, UNNAMED_ERROR } from './response-draft.ts';
import {
  fieldOf,
  firstOf,
  isRecord,
  type JsonRecord,
  listOf,
  nameOf,
  present,
} from './wire-value.ts';

const TERMINAL_EVENTS: ReadonlySet<unknown> = new Set(['interaction.completed', 'error']);

const UNFINISHED: ReadonlySet<unknown> = new Set(['in_progress', 'queued']);

/**
 * Reads a body or an event of Gemini's interactions: `{ id, model, status, service_tier, usage }`, streamed as
 * `interaction.created` and `interaction.completed` with an `interaction` member. Its usage has other names for the
 * members of `usageMetadata` and is translated into them, but for `total_tokens`, which may hold more than it itemises.
 * With `background` the first answer is `in_progress`; whoever fetches the interaction sees it end.
 *
 * @returns false when it is none of these
 * @see https://ai.google.dev/api/interactions (checked against @google/genai 3.1.0, 2026-11-21)
 */
export function readInteraction(draft: ResponseDraft, body: JsonRecord): boolean {
  const type = fieldOf(body, 'event_type');
  const interaction = fieldOf(body, 'interaction') ?? body;
  const status = fieldOf(interaction, 'status');
  if (fieldOf(body, 'usageMetadata') !== undefined) return false;
  if (type === undefined && (status === undefined || fieldOf(body, 'id') === undefined))
    return false;
  draft.identify(interaction);
  draft.modify(present({ serviceTier: nameOf(fieldOf(interaction, 'service_tier')) }));
  const usage = firstOf(interaction, 'usage');
  if (isRecord(usage)) takeUsage(draft, usage);
  else if (usage !== undefined) draft.usage = usage;
  const isRunning = UNFINISHED.has(status);
  if (!isRunning) draft.finish(0, status);
  // Made on the provider's own time only where the request said so.
  if (status !== undefined) draft.jobState = isRunning ? 'running' : 'finished';
  if (status === 'failed') draft.errorType ??= UNNAMED_ERROR;
  if (type === 'error') draft.fail(fieldOf(body, 'error'));
  if (TERMINAL_EVENTS.has(type)) draft.isComplete = true;
  return true;
}

function takeUsage(draft: ResponseDraft, usage: JsonRecord): void {
  draft.usage = present({
    promptTokenCount: firstOf(usage, 'total_input_tokens'),
    cachedContentTokenCount: firstOf(usage, 'total_cached_tokens'),
    candidatesTokenCount: firstOf(usage, 'total_output_tokens'),
    thoughtsTokenCount: firstOf(usage, 'total_thought_tokens'),
    toolUsePromptTokenCount: firstOf(usage, 'total_tool_use_tokens'),
    promptTokensDetails: details(usage, 'input_tokens_by_modality'),
    cacheTokensDetails: details(usage, 'cached_tokens_by_modality'),
    candidatesTokensDetails: details(usage, 'output_tokens_by_modality'),
    toolUsePromptTokensDetails: details(usage, 'tool_use_tokens_by_modality'),
  });
  const grounding = listOf(fieldOf(usage, 'grounding_tool_count'))
    .map((entry) => fieldOf(entry, 'count'))
    .reduce<number>((sum, count) => sum + (isCount(count) ? count : 0), 0);
  if (grounding > 0) draft.requests = { grounding };
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function details(usage: JsonRecord, key: string): readonly unknown[] | undefined {
  const entries = listOf(fieldOf(usage, key));
  if (entries.length === 0) return undefined;
  return entries.map((entry) => ({
    modality: String(fieldOf(entry, 'modality')).toUpperCase(),
    tokenCount: fieldOf(entry, 'tokens'),
  }));
}
