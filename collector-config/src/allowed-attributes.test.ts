import { expect, test } from 'vitest';
import { allowedAttributes } from './allowed-attributes.ts';

/** Names whose values a person or a model wrote, in the words of the conventions and of the dialects. */
const CONTENT =
  /messages|instructions|definitions|\.input$|\.output$|\bprompt$|completion$|\.text$|\.arguments$|\.result$|\.value$|content|documents?$/;

/** Named alike, but counts and costs: `llm.cost.prompt`. */
const NUMBERS = /^(?:llm\.(?:cost|token_count|usage)|gen_ai\.usage|ai\.usage|tokenmeter\.cost)\./;

test('no name of content is on the list of what passes', () => {
  const names = allowedAttributes().filter((name) => !NUMBERS.test(name));
  expect(names.length).toBeGreaterThan(80);
  expect(names.filter((name) => CONTENT.test(name))).toEqual([]);
});
