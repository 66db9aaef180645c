import { expect, test } from 'vitest';
import { renderScopePattern } from './render-scope-pattern.ts';

test.for([
  { text: '', want: '' },
  { text: ' , ', want: '' },
  { text: 'ai', want: '^(?:ai)$' },
  { text: '@openinference/*, ai', want: '^(?:@openinference/.*|ai)$' },
  { text: 'openlit.instrumentation.*', want: '^(?:openlit[.]instrumentation[.].*)$' },
  { text: 'openinference[.]|litellm', want: 'openinference[.]|litellm' },
])('$text', ({ text, want }) => {
  expect(renderScopePattern(text)).toBe(want);
});
