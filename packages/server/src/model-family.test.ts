import { expect, test } from 'vitest';
import { modelFamily } from './model-family.ts';

test.for([
  ['gpt-4o-mini-2024-07-18', 'gpt-4o'],
  ['gpt-4-turbo', 'gpt-4'],
  ['gpt-3.5-turbo-0125', 'gpt-3.5'],
  ['gpt-5.1-codex', 'gpt-5.1'],
  ['openai/gpt-4o', 'gpt-4o'],
  ['o3-mini', 'o3'],
  ['claude-3-5-sonnet-20241022', 'claude-3.5'],
  ['us.anthropic.claude-3-5-sonnet-20241022-v2:0', 'claude-3.5'],
  ['claude-sonnet-4-5-20250929', 'claude-4.5'],
  ['claude-opus-4-20250514', 'claude-4'],
  ['claude-3-haiku-20240307', 'claude-3'],
  ['models/gemini-2.5-flash', 'gemini-2.5'],
  ['mistral-large-2411', 'mistral'],
  ['llama-3.3-70b-versatile', 'llama-3.3'],
  ['text-embedding-3-small', 'text-embedding-3'],
  ['deepseek-chat', 'deepseek'],
  ['', 'unknown'],
])('%s is of the family %s', ([model, family]) => {
  expect(modelFamily(model ?? '')).toBe(family);
});
