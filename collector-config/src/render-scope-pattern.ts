/**
 * The regular expression that normalise.yaml reads from `TOKENMETER_IGNORE_SCOPES`, for a list of instrumentation scopes
 * separated by commas in which `*` stands for any text: `@openinference/*, ai`. A text with other special characters is such an
 * expression already and stays as it is; an empty one leaves no scope out.
 */
export function renderScopePattern(text: string): string {
  if (!/^[\w@/.:*, -]*$/.test(text)) return text;
  const names = text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
  if (names.length === 0) return '';
  const patterns = names.map((name) => name.replaceAll('.', '[.]').replaceAll('*', '.*'));
  return `^(?:${patterns.join('|')})$`;
}
