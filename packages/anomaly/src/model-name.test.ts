import { expect, test } from 'vitest';
import { normaliseModel } from './model-name.ts';

test.for([
  ['gpt-4o', 'gpt-4o'],
  ['gpt-4o-2024-08-06', 'gpt-4o'],
  ['openai/gpt-4o-2024-08-06', 'gpt-4o'],
  ['gpt-4o-mini', 'gpt-4o-mini'],
  ['claude-sonnet-4-5-20250929', 'claude-sonnet-4-5'],
  ['claude-3-5-sonnet-latest', 'claude-3-5-sonnet'],
  ['claude-sonnet-4@20250514', 'claude-sonnet-4'],
  ['us.anthropic.claude-sonnet-4-20250514-v1:0', 'claude-sonnet-4'],
  ['gemini-2.0-flash-001', 'gemini-2.0-flash'],
  ['deepseek-v3', 'deepseek-v3'],
  ['o3', 'o3'],
  ['', ''],
] as const)('%s is %s', ([name, want]) => {
  expect(normaliseModel(name)).toBe(want);
});
