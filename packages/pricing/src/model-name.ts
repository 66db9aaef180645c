const DATE = String.raw`(?:20\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])-(?:20\d{2}|[0-3]\d))`;
const RELEASE = String.raw`(?:${DATE}|\d{3,4}|latest|stable|preview|experimental|exp|beta|default|maas|v\d+(?::\d+)?|v?\d:\d)`;
const ONLY_RELEASES = new RegExp(`^(?:[-@:](?:${RELEASE}))+$`);
const TRAILING_DATE = /[-@](?:20\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01]))$/;
const LONGEST_NAME = 512;

/**
 * Tells whether the rest of a model name behind a known name only says which release of the same model it is: a date
 * (`-2024-08-06`, `-20241022`, `-0613`, `@20250929`), `-latest`, `-preview`, `-001`, `-v1:0` and the like.
 * A further version number is another model: `-5` behind `claude-sonnet-5`, `.1` behind `gpt-6`.
 */
export function isReleaseSuffix(rest: string): boolean {
  return rest === '' || ONLY_RELEASES.test(rest);
}

/** Names to look a model up by, the most exact first. Lower-case. An empty or absurdly long name gives none. */
export function modelNames(model: string): readonly string[] {
  const name = model.trim().toLowerCase();
  if (name === '' || name.length > LONGEST_NAME) return [];
  const names = [name];
  const plain = withoutPath(name);
  if (plain !== name && plain !== '') names.push(plain);
  return names;
}

/** A name without its trailing date or `-latest`, or undefined when it has none. */
export function withoutRelease(name: string): string | undefined {
  if (name.endsWith('-latest')) return name.slice(0, -'-latest'.length);
  const date = TRAILING_DATE.exec(name);
  return date === null || date.index === 0 ? undefined : name.slice(0, date.index);
}

/** `models/x`, `publishers/google/models/x`, `projects/…/models/x` and Bedrock's model ARNs name the model last. */
function withoutPath(name: string): string {
  if (name.startsWith('arn:')) {
    const match = /:(?:foundation-model|inference-profile)\/([^/]+)$/.exec(name);
    return match?.[1] ?? name;
  }
  const at = name.lastIndexOf('models/');
  return at === 0 || (at > 0 && name.charAt(at - 1) === '/')
    ? name.slice(at + 'models/'.length)
    : name;
}
