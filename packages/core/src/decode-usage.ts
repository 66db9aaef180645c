import type { ApiName, PriceModifiers, Usage } from './call-record.ts';
import type { Endpoint } from './decoder.ts';
import { API_NAMES, protocolOf } from './protocol-of.ts';
import { ResponseDraft } from './response-draft.ts';
import { firstOf, isRecord, type JsonRecord, present } from './wire-value.ts';

/** What else a usage object needs to be understood. */
export interface UsageFacts {
  /** `gen_ai.provider.name`; some providers read the same members in their own way. */
  readonly provider: string;
  /** Model that served the call. */
  readonly model?: string;
}

/** A usage object in our classes, with what it alone tells about rates. */
export interface DecodedUsage {
  readonly usage: Usage;
  /** Such as Anthropic's `usage.service_tier`, `speed` and `inference_geo`, or Vertex's `trafficType`. */
  readonly modifiers: PriceModifiers;
}

/**
 * Decodes the raw usage object of one API apart from its response, as logs and exports keep it.
 *
 * `rawUsage` is what the API puts under `usage` (Gemini: `usageMetadata`; Ollama: the response itself, or its counts).
 * Null, undefined and objects without counts are missing usage; contradicting counts are inconsistent usage. Undefined
 * for `custom`, which has no wire format. Never throws.
 */
export function decodeUsage(
  api: ApiName,
  rawUsage: unknown,
  facts: UsageFacts,
): DecodedUsage | undefined {
  const protocol = protocolOf(api);
  if (protocol === undefined) return undefined;
  const draft = new ResponseDraft();
  protocol.readBody(draft, bodyOf(api, rawUsage, facts.model));
  draft.isComplete = true;
  const endpoint: Endpoint = {
    api,
    provider: facts.provider,
    operation: api.endsWith('.embeddings') || api.endsWith('.embed') ? 'embeddings' : 'chat',
    modifiers: {},
  };
  return { usage: protocol.readUsage(draft, endpoint), modifiers: draft.modifiers };
}

/** Tells whether a text names one of the wire APIs. */
export function isApiName(text: string): text is ApiName {
  return API_NAMES.some((name) => name === text);
}

/** The smallest response of the API that holds the usage. */
function bodyOf(api: ApiName, usage: unknown, model: string | undefined): JsonRecord {
  switch (api) {
    case 'gemini.generate':
    case 'gemini.embed':
      return geminiBody(usage, model);
    case 'ollama.chat':
    case 'ollama.generate':
    case 'ollama.embed':
      return isRecord(usage) ? usage : {};
    case 'bedrock.invoke':
      return bedrockBody(usage);
    case 'anthropic.messages':
      return present({ type: 'message', model, usage });
    default:
      return present({ model, usage });
  }
}

/** Interactions report their usage in words of their own. */
function geminiBody(usage: unknown, model: string | undefined): JsonRecord {
  return firstOf(usage, 'total_input_tokens', 'total_output_tokens') === undefined
    ? present({ modelVersion: model, usageMetadata: usage })
    : present({ id: 'usage', status: 'completed', model, usage });
}

/** Llama and Titan have their counts beside the answer, not in an object of their own. */
function bedrockBody(usage: unknown): JsonRecord {
  const isLoose = firstOf(usage, 'prompt_token_count', 'inputTextTokenCount') !== undefined;
  return isLoose && isRecord(usage) ? usage : present({ usage });
}
