const DATE = /[-@._]?(?:20\d{2})[-.]?(?:0[1-9]|1[0-2])[-.]?(?:0[1-9]|[12]\d|3[01])$/;
const REVISION = /(?:[-:@]latest|-v\d+:\d+|:\d+|-00\d)$/;

/**
 * The name under which a model counts as the same: lower case, without path or region before it and without date,
 * revision or `latest` after it. `openai/gpt-4o-2024-08-06` and `gpt-4o` are one model; `gpt-4o-mini` is another.
 */
export function normaliseModel(name: string): string {
  const base = name.toLowerCase().split('/').at(-1) ?? '';
  const plain = base.replace(/^(?:[a-z]{2,6}\.)?(?:anthropic|amazon|meta|mistral|cohere)\./, '');
  const shortened = plain.replace(REVISION, '').replace(DATE, '').replace(REVISION, '');
  return shortened === '' ? name : shortened;
}
