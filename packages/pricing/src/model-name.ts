import { priceProvider } from './provider-ids.ts';

const DATE = String.raw`(?:20\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])|(?:0[1-9]|1[0-2])-(?:20\d{2}|[0-3]\d))`;
const RELEASE = String.raw`(?:${DATE}|\d{3,4}|latest|stable|preview|experimental|exp|beta|default|maas|v\d+(?::\d+)?|v?\d:\d)`;
/** Bedrock marks the context length of a profile with a colon (`:0:300k`); behind a hyphen it is another model. */
const ONLY_RELEASES = new RegExp(`^(?:[-@:](?:${RELEASE})|:\\d{1,4}k)+$`);
/** What a catalogue's own name may be followed by: a date, Vertex's `@default`, Bedrock's `-v1:0`. */
const TRAILING_RELEASE =
  /(?:[-@]20\d{2}-?(?:0[1-9]|1[0-2])-?(?:0[1-9]|[12]\d|3[01])|@default|-v\d+:\d+(?::\d+k)?)$/;
/** Longest model name that is looked up; providers' own names stay far below. */
const LONGEST_NAME = 512;

/**
 * Tells whether the rest of a model name behind a known name only says which release of the same model it is: a date
 * (`-2024-08-06`, `-20241022`, `-0613`, `@20250929`), `-latest`, `-preview`, `-001`, `-v1:0` and the like.
 * A further version number is another model: `-5` behind `claude-sonnet-5`, `.1` behind `gpt-6`.
 */
export function isReleaseSuffix(rest: string): boolean {
  return rest === '' || ONLY_RELEASES.test(rest);
}

/**
 * Names to look a model up by, the most exact first, lower-case. `provider` is a price-table provider. An empty or
 * absurdly long name gives none.
 */
export function modelNames(provider: string, model: string): readonly string[] {
  const name = model.trim().toLowerCase();
  if (name === '' || name.length > LONGEST_NAME) return [];
  const names = [name];
  add(names, withoutPath(name));
  for (const known of [...names]) {
    add(names, withoutProvider(provider, known));
    if (provider === 'openrouter') add(names, withoutVariant(known));
    if (provider === 'aws') for (const name of bedrockNames(known)) add(names, name);
  }
  const tuned = names.find((known) => known.startsWith('ft:'));
  if (tuned !== undefined) add(names, tuned.split(':').slice(0, 2).join(':'));
  return names;
}

function add(names: string[], name: string): void {
  if (name !== '' && !names.includes(name)) names.push(name);
}

/**
 * The names before each trailing release, such as a date, the longest first. `-latest` counts only where `isLatestSame`
 * says so: it moves to newer models, so that in a catalogue only the name itself is safe.
 */
export function withoutReleases(name: string, isLatestSame: boolean): readonly string[] {
  const names: string[] = [];
  let rest = name;
  for (
    let match = TRAILING_RELEASE.exec(rest);
    match !== null;
    match = TRAILING_RELEASE.exec(rest)
  ) {
    rest = rest.slice(0, match.index);
    if (rest !== '') names.push(rest);
  }
  if (isLatestSame && rest.endsWith('-latest')) names.push(rest.slice(0, -'-latest'.length));
  return names;
}

/**
 * `models/x`, `publishers/google/models/x`, `projects/…/models/x` and Bedrock's ARNs of models and of AWS's own inference
 * profiles name the model last. Application inference profiles hide it: only a user's row can name them.
 */
function withoutPath(name: string): string {
  if (name.startsWith('arn:')) {
    return /:(?:foundation-model|inference-profile)\/([^/]+)$/.exec(name)?.[1] ?? name;
  }
  const at = name.lastIndexOf('models/');
  const isStep = at === 0 || (at > 0 && name.charAt(at - 1) === '/');
  return isStep ? name.slice(at + 'models/'.length) : name;
}

/** `openai/gpt-4o` at OpenAI, `bedrock/…` at AWS; Azure and Vertex also put the maker of the model in front. */
function withoutProvider(provider: string, name: string): string {
  const slash = name.indexOf('/');
  if (slash <= 0) return name;
  if (priceProvider(name.slice(0, slash)) === provider) return name.slice(slash + 1);
  const isMakerFirst = provider === 'azure' || provider === 'google';
  return isMakerFirst ? name.slice(name.lastIndexOf('/') + 1) : name;
}

/** OpenRouter's routing variants bill the model's own price; `:free` and `:extended` are rows of their own. */
function withoutVariant(name: string): string {
  return name.replace(/:(?:online|nitro|floor|exacto|thinking|beta)$/, '');
}

/** Some libraries leave out who made a model on Bedrock. */
function bedrockNames(name: string): readonly string[] {
  const makers = name.includes('.') ? [] : ['anthropic', 'amazon', 'meta', 'mistral'];
  return [withoutGeography(name), ...makers.map((maker) => `${maker}.${name}`)];
}

/** Geographic profiles bill the regional price, which is the bare id's; `global.` is cheaper and `us-gov.` dearer, so they stay. */
function withoutGeography(name: string): string {
  return name.replace(/^(?:us|eu|apac|jp|au|ca|sa|in|me|af)\./, '');
}
