import type { CallContent } from './content.ts';

/** Token classes. They are disjoint: no token is in two of them, and together they are what the provider bills. */
export const TOKEN_CLASSES = [
  'input',
  'cache_read',
  'cache_write_5m',
  'cache_write_1h',
  'cache_write',
  'cache_read_audio',
  'cache_read_image',
  'input_audio',
  'input_image',
  'input_video',
  'output',
  'reasoning',
  'output_audio',
  'output_image',
] as const;

/** One of the disjoint classes: `input` is uncached text, `output` is visible text, `cache_write` has no known lifetime. */
export type TokenClass = (typeof TOKEN_CLASSES)[number];

/** Tokens by class. An absent class was not reported; 0 was reported as zero. */
export type TokenCounts = Readonly<Partial<Record<TokenClass, number>>>;

/** Billable requests inside a call, such as hosted tool uses. */
export type RequestClass =
  | 'web_search'
  | 'file_search'
  | 'code_interpreter'
  | 'rerank'
  | 'grounding';

/** Counted requests by class; a class without any is absent. */
export type RequestCounts = Readonly<Partial<Record<RequestClass, number>>>;

/**
 * One pass of the model inside a call that ran it several times (server tool loops, compaction, fallback). It has a
 * prompt of its own, and `model` where that differs. Its reasoning is part of its `output`.
 */
export interface UsagePass {
  readonly model?: string;
  readonly tokens: TokenCounts;
}

/** What the provider said about usage. */
export type Usage =
  | {
      readonly kind: 'reported';
      readonly tokens: TokenCounts;
      readonly requests: RequestCounts;
      /** Cost in USD that the provider itself put into the response. */
      readonly providerCostUsd?: number;
      /** The passes that `tokens` is the sum of, where the provider reports more than one. */
      readonly passes?: readonly UsagePass[];
      /** The usage object as received, for audit; never holds content. */
      readonly raw: unknown;
      /** True when the provider reported nothing and the tokens are an estimate from the length of the texts. */
      readonly isEstimated?: true;
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'inconsistent'; readonly problem: string; readonly raw: unknown };

/** What changes the rate of a call, read from the wire. Absent means that the wire did not say. */
export interface PriceModifiers {
  /** Tier as served (`default`, `flex`, `priority`, `batch`, …). */
  readonly serviceTier?: string;
  /** Anthropic's `usage.speed`. */
  readonly speed?: string;
  /** Anthropic's `usage.inference_geo`. */
  readonly inferenceGeo?: string;
  /** Cloud region, where the host or path names one. */
  readonly region?: string;
  /** Azure deployment, where the path names one. */
  readonly deployment?: string;
}

/** Request parameters that the GenAI conventions record. Absent means that the request did not set them. */
export interface RequestParameters {
  readonly maxTokens?: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly topK?: number;
  readonly frequencyPenalty?: number;
  readonly presencePenalty?: number;
  readonly seed?: number;
  readonly choiceCount?: number;
  readonly stopSequences?: readonly string[];
  readonly outputType?: 'text' | 'json' | 'image' | 'speech';
  readonly reasoningLevel?: string;
  readonly previousResponseId?: string;
  readonly conversationId?: string;
  readonly serviceTier?: string;
  readonly encodingFormats?: readonly string[];
  readonly embeddingsDimensionCount?: number;
  /** `user` or `metadata.user_id` of the body: the application's own user id. */
  readonly userId?: string;
}

/** Names of wire APIs. One protocol file each. */
export type ApiName =
  | 'openai.chat'
  | 'openai.responses'
  | 'openai.completions'
  | 'openai.embeddings'
  | 'openai.images'
  | 'openai.audio'
  | 'openai.moderations'
  | 'anthropic.messages'
  | 'gemini.generate'
  | 'gemini.embed'
  | 'bedrock.converse'
  | 'bedrock.invoke'
  | 'mistral.chat'
  | 'cohere.chat'
  | 'cohere.embed'
  | 'cohere.rerank'
  | 'ollama.chat'
  | 'ollama.generate'
  | 'ollama.embed'
  | 'cohere.classify'
  | 'jina.rerank'
  | 'jina.classify'
  | 'mistral.conversations'
  | 'mistral.ocr'
  | 'openai.videos'
  | 'openai.batches'
  | 'openai.decisions'
  | 'openai.agents'
  | 'anthropic.batches'
  | 'anthropic.agents'
  | 'gemini.batches'
  | 'gemini.media'
  | 'mistral.batches'
  | 'bedrock.async'
  | 'xai.deferred'
  | 'perplexity.async'
  | 'vercel.language'
  | 'vercel.embed'
  | 'vercel.image'
  | 'vercel.rerank'
  | 'vercel.audio'
  | 'vercel.video'
  | 'vercel.decision'
  | 'custom';

/** `gen_ai.operation.name` of the calls that we meter. */
export type OperationName =
  | 'chat'
  | 'text_completion'
  | 'generate_content'
  | 'embeddings'
  | 'rerank'
  | 'image_generation'
  | 'speech'
  | 'transcription'
  | 'moderation'
  | 'classification'
  | 'ocr'
  | 'video_generation'
  | 'batch'
  | 'fetch_response';

/**
 * How a call ended. `ok`: its terminal event or full body arrived. `error`: the provider answered with an error or the
 * connection failed. `aborted`: the application stopped it. `incomplete`: the body ended without its terminal event.
 */
export type Outcome = 'ok' | 'error' | 'aborted' | 'incomplete';

/**
 * How far a response is that its provider makes on its own time, as an answer about it said (OpenAI's background mode).
 */
export interface ResponseJob {
  readonly state: 'running' | 'finished';
  /** True where the answer says that it is such a response; undefined where it does not say. */
  readonly isBackground?: boolean;
  /** When it was finished, or else made, by the provider's clock, in whole seconds; undefined where it did not say. */
  readonly finishedEpochMs?: number;
}

/** One HTTP response of a provider, or one `meterCall`. Plain data; every time is epoch milliseconds, fractions kept. */
export interface CallRecord {
  readonly api: ApiName;
  /** `gen_ai.provider.name`. */
  readonly provider: string;
  readonly operation: OperationName;
  readonly requestModel?: string;
  readonly responseModel?: string;
  readonly serverAddress?: string;
  readonly serverPort?: number;
  readonly startEpochMs: number;
  readonly endEpochMs: number;
  /** Arrival of the first body chunk of a streamed response. */
  readonly firstChunkEpochMs?: number;
  /** Seconds between the chunks of a streamed response; absent where nobody asked for them. */
  readonly chunkGapSeconds?: readonly number[];
  readonly isStreaming: boolean;
  readonly outcome: Outcome;
  /** `error.type`: an error code of the provider, an HTTP status or an exception name. Set only with `error` and `aborted`. */
  readonly errorType?: string;
  readonly statusCode?: number;
  readonly responseId?: string;
  readonly finishReasons?: readonly string[];
  readonly systemFingerprint?: string;
  /** How often this request was sent before: 0 for the first attempt. */
  readonly resendCount: number;
  readonly parameters: RequestParameters;
  readonly modifiers: PriceModifiers;
  readonly usage: Usage;
  /** Prompt, tools and answer; set only where somebody asked for them. */
  readonly content?: CallContent;
  /** Set where this answer is one of several about the same response. */
  readonly job?: ResponseJob;
}
