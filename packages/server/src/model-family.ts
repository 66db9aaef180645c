const CLAUDE = /claude-(?:(\d+)(?:[-.](\d)(?!\d))?|[a-z]+-(\d+)(?:[-.](\d)(?!\d))?)/;
const VERSIONED = /^([a-z]+(?:-[a-z]+)*?)-?(v?\d+(?:\.\d+)?o?)(?![a-z\d])/;

function claudeFamily(name: string): string | undefined {
  const match = CLAUDE.exec(name);
  if (match === null) return undefined;
  const minor = match[2] ?? match[4];
  const major = match[1] ?? match[3];
  return minor === undefined ? `claude-${major}` : `claude-${major}.${minor}`;
}

function versionedFamily(name: string): string | undefined {
  const [, stem, version] = VERSIONED.exec(name) ?? [];
  // Four digits are a date (`mistral-large-2411`), not a version.
  if (stem === undefined || version === undefined || /^\d{4,}$/.test(version)) return undefined;
  return stem === 'o' ? `o${version}` : `${stem}-${version}`;
}

/**
 * Names the family of a model, for grouping: `gpt-4o-mini-2024-07-18` → `gpt-4o`, `claude-3-5-sonnet-20241022` and
 * `us.anthropic.claude-3-5-sonnet-20241022-v2:0` → `claude-3.5`, `claude-sonnet-4-5` → `claude-4.5`,
 * `models/gemini-2.5-flash` → `gemini-2.5`, `mistral-large-2411` → `mistral`. A name without a pattern is its own family.
 */
export function modelFamily(model: string): string {
  const name = model.toLowerCase().slice(model.lastIndexOf('/') + 1);
  const bare = name.replace(/^(?:[a-z]{2,4}\.)?[a-z\d]+\.(?=[a-z])/, '');
  return (
    claudeFamily(name) ?? versionedFamily(bare) ?? /^[a-z]+/.exec(bare)?.[0] ?? (bare || 'unknown')
  );
}
