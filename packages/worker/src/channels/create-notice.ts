import type { Notice } from '../ports.ts';
import { describeAlert, type NoticeFacts } from './describe-alert.ts';
import { renderText } from './render-text.ts';

/** Gives a notice its words: title and plain text, in the reader's time zone. */
export function createNotice(
  facts: NoticeFacts,
  { timeZone }: { readonly timeZone: string },
): Notice {
  const content = describeAlert(facts, timeZone);
  return { ...facts, title: content.title, text: renderText(content) };
}
