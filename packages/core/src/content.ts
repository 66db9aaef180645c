/**
 * A part of a message as the GenAI conventions write it (semantic-conventions-genai 6fd0d76, `gen-ai-input-messages.json`).
 * Media and whatever else is no text keeps its kind and loses its content.
 */
export type ContentPart =
  | { readonly type: 'text' | 'reasoning'; readonly content: string }
  | {
      readonly type: 'tool_call';
      readonly id?: string;
      readonly name: string;
      readonly arguments?: unknown;
    }
  | { readonly type: 'tool_call_response'; readonly id?: string; readonly response: unknown }
  | { readonly type: 'media'; readonly media_type: string };

/** A message in either direction; answers have the reason why they ended. */
export interface ContentMessage {
  readonly role: string;
  readonly parts: readonly ContentPart[];
  readonly finish_reason?: string;
}

/** A tool that a model was told of. */
export interface ToolDefinition {
  readonly type: string;
  readonly name: string;
  readonly description?: string;
  readonly parameters?: unknown;
}

/** What went into a call. Every field is absent when there was nothing of it. */
export interface InputContent {
  readonly messages?: readonly ContentMessage[];
  readonly systemInstructions?: readonly ContentPart[];
  readonly tools?: readonly ToolDefinition[];
}

/** What went into a call and came out of it; recorded only where somebody asked for it. */
export interface CallContent extends InputContent {
  readonly output?: readonly ContentMessage[];
}
