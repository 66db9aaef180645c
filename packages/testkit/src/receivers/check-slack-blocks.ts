import { demand, type Json, readList, readObject, readText, readUrl } from './vendor-fake.ts';

/**
 * Checks blocks of a message against the limits and field names of Block Kit. Throws `RefusedMessage`.
 *
 * @see https://docs.slack.dev/reference/block-kit/blocks (checked 2026-11-21)
 */
export function checkSlackBlocks(value: unknown): void {
  for (const [index, block] of readList(value, 'blocks', 50).entries()) {
    checkBlock(block, `blocks[${index}]`);
  }
}

function checkBlock(value: unknown, where: string): void {
  const actionIds = new Set<string>();
  const keys = ['type', 'text', 'fields', 'elements', 'accessory', 'block_id'];
  const block = readObject(value, where, keys);
  switch (block.type) {
    case 'header':
      checkText(block.text, `${where}.text`, { most: 150, types: ['plain_text'] });
      return;
    case 'section':
      checkSection(block, where);
      return;
    case 'context':
      for (const element of readList(block.elements, `${where}.elements`, 10)) {
        checkText(element, `${where}.elements`, { most: 3000 });
      }
      return;
    case 'actions':
      for (const element of readList(block.elements, `${where}.elements`, 25)) {
        checkButton(element, `${where}.elements`, actionIds);
      }
      return;
    case 'divider':
      return;
    default:
      demand(false, `${where} has unsupported type ${String(block.type)}`);
  }
}

function checkSection(block: Json, where: string): void {
  demand(block.text !== undefined || block.fields !== undefined, `${where} has no text or fields`);
  if (block.text !== undefined) checkText(block.text, `${where}.text`, { most: 3000 });
  if (block.fields !== undefined) {
    for (const field of readList(block.fields, `${where}.fields`, 10)) {
      checkText(field, `${where}.fields`, { most: 2000 });
    }
  }
  if (block.accessory !== undefined) checkButton(block.accessory, where, new Set());
}

function checkText(
  value: unknown,
  where: string,
  { most, types = ['plain_text', 'mrkdwn'] }: { readonly most: number; readonly types?: string[] },
): void {
  const text = readObject(value, where, ['type', 'text', 'emoji', 'verbatim']);
  demand(types.includes(String(text.type)), `${where} is of type ${String(text.type)}`);
  demand(text.emoji === undefined || text.type === 'plain_text', `${where} has emoji`);
  demand(text.verbatim === undefined || text.type === 'mrkdwn', `${where} has verbatim`);
  readText(text.text, where, most);
}

function checkButton(value: unknown, where: string, actionIds: Set<string>): void {
  const keys = ['type', 'text', 'url', 'action_id', 'value', 'style'];
  const button = readObject(value, where, keys);
  demand(button.type === 'button', `${where} is no button`);
  checkText(button.text, `${where}.text`, { most: 75, types: ['plain_text'] });
  readUrl(button.url, `${where}.url`, 3000);
  const id = readText(button.action_id, `${where}.action_id`, 255);
  demand(!actionIds.has(id), `${where} repeats action_id ${id}`);
  actionIds.add(id);
  const styles: readonly unknown[] = [undefined, 'primary', 'danger'];
  demand(styles.includes(button.style), `${where} has an unknown style`);
}
