import Anthropic from '@anthropic-ai/sdk';
import { withAttribution } from '@tokenmeter/instrumentation';
import OpenAI from 'openai';
import type { FeatureName, PlannedCall } from './features.ts';
import { CHARACTERS_PER_TOKEN, INSTRUCTIONS_HEAD } from './provider-plan.ts';

/** Who asked for something, about which ticket. */
export interface Visit {
  readonly userId: string;
  readonly conversationId: string;
}

/** The helpdesk's model calls, by feature. Each resolves with the text that a person would read. */
export type Helpdesk = (call: PlannedCall, visit: Visit) => Promise<string>;

/** Creates the helpdesk. The SDKs find their addresses and keys in the environment, as in any application. */
export function createHelpdesk(): Helpdesk {
  const openai = new OpenAI();
  const anthropic = new Anthropic();
  const features: Readonly<Record<FeatureName, (call: PlannedCall) => Promise<string>>> = {
    'smart-reply': (call) => draftReply(openai, call),
    summarize: (call) => summarizeTicket(anthropic, call),
    'search-answers': (call) => answerSearch(openai, call),
    triage: (call) => triageTicket(anthropic, call),
  };
  return (call, visit) => {
    const { name, team, route, promptName } = call.feature;
    const { promptVersion } = call;
    return withAttribution(
      { feature: name, team, route, promptName, promptVersion, ...visit },
      () => features[name](call),
    );
  };
}

/** Streamed chat completion. */
async function draftReply(openai: OpenAI, call: PlannedCall): Promise<string> {
  const stream = await openai.chat.completions.create({
    model: call.model,
    stream: true,
    stream_options: { include_usage: true },
    max_completion_tokens: call.maxOutputTokens,
    messages: [
      { role: 'system', content: instructions(call) },
      { role: 'user', content: content(call) },
    ],
  });
  let text = '';
  for await (const chunk of stream) text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

/** Message in one piece. */
async function summarizeTicket(anthropic: Anthropic, call: PlannedCall): Promise<string> {
  const message = await anthropic.messages.create({
    model: call.model,
    max_tokens: call.maxOutputTokens,
    system: instructions(call),
    messages: [{ role: 'user', content: content(call) }],
  });
  return message.content.map((block) => (block.type === 'text' ? block.text : '')).join('');
}

/** Response in one piece. */
async function answerSearch(openai: OpenAI, call: PlannedCall): Promise<string> {
  const response = await openai.responses.create({
    model: call.model,
    max_output_tokens: call.maxOutputTokens,
    instructions: instructions(call),
    input: content(call),
  });
  return response.output_text;
}

/** Streamed message. */
async function triageTicket(anthropic: Anthropic, call: PlannedCall): Promise<string> {
  const stream = anthropic.messages.stream({
    model: call.model,
    max_tokens: call.maxOutputTokens,
    system: instructions(call),
    messages: [{ role: 'user', content: content(call) }],
  });
  return await stream.finalText();
}

function instructions(call: PlannedCall): string {
  const task = `${INSTRUCTIONS_HEAD} Task: ${call.feature.promptName}. `;
  if (!call.beginsWithTime) return textOf(task, call.instructionTokens);
  // Well meant, and the end of every prompt cache: the instructions differ from their first word on.
  const time = `It is ${new Date().toISOString()}. `;
  return time + textOf(task, call.instructionTokens).slice(time.length);
}

function content(call: PlannedCall): string {
  return textOf(
    'Customer: my parcel has not arrived and the tracking page is empty. ',
    call.contentTokens,
  );
}

function textOf(sentence: string, tokens: number): string {
  const length = tokens * CHARACTERS_PER_TOKEN;
  return sentence.repeat(Math.ceil(length / sentence.length)).slice(0, length);
}
