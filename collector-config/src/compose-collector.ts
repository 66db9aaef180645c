import { parse } from 'yaml';
import { type ConfigMap, isConfigMap, mapAt } from './config-value.ts';
import { findEnvironment } from './find-environment.ts';
import { mergeConfig } from './merge-config.ts';

/** What a Collector is composed of. Names are those of files, without folder and `.yaml`. */
export interface CollectorChoice {
  readonly backends: readonly string[];
  readonly auth?: readonly string[] | undefined;
  readonly role?: string | undefined;
  /** Undefined keeps every trace. */
  readonly sampling?: string | undefined;
  /** Lets prompts and completions through. */
  readonly keepsContent?: boolean | undefined;
}

/** A variable, and the first file that reads it. */
export interface CollectorVariable {
  readonly name: string;
  readonly isRequired: boolean;
  readonly file: string;
}

/** A whole configuration of the Collector. */
export interface CollectorComposition {
  /** Relative to the configuration folder, in the order of `--config`. */
  readonly files: readonly string[];
  /** The last `--config`: it lists the extensions of all files, because the Collector does not merge lists. */
  readonly override: string;
  readonly variables: readonly CollectorVariable[];
  /** Components that only stock otelcol-contrib has, such as `clickhouse`. */
  readonly contribOnly: readonly string[];
  readonly merged: ConfigMap;
}

/** A composition, or every problem of the choice. */
export type ComposedCollector =
  | { readonly ok: true; readonly composition: CollectorComposition }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Reads a file of the configuration folder; undefined when there is none. */
export type ReadConfigFile = (name: string) => string | undefined;

/** What the lean distribution lacks (manifest.yaml). */
const CONTRIB_ONLY: ReadonlySet<string> = new Set([
  'awsemf',
  'azuremonitor',
  'clickhouse',
  'datadog',
  'googleclientauth',
]);

/** The files of a choice, in the order in which later ones win. */
function listFiles(choice: CollectorChoice): readonly string[] {
  const unique = (names: readonly string[]): readonly string[] => [...new Set(names)];
  return [
    'base.yaml',
    'plain.yaml',
    'normalise.yaml',
    'price.yaml',
    'meter.yaml',
    'privacy.yaml',
    ...(choice.keepsContent === true ? ['keep-content.yaml'] : []),
    ...(choice.sampling === undefined ? [] : [`sampling/${choice.sampling}.yaml`]),
    ...(choice.role === undefined ? [] : [`roles/${choice.role}.yaml`]),
    ...unique(choice.auth ?? []).map((name) => `auth/${name}.yaml`),
    ...unique(choice.backends).map((name) => `backends/${name}.yaml`),
  ];
}

/** Composes a Collector from the files of the configuration folder. Throws for a file that is no YAML map. */
export function composeCollector(choice: CollectorChoice, read: ReadConfigFile): ComposedCollector {
  const files = listFiles(choice);
  const problems: string[] = [];
  if (choice.backends.length === 0) problems.push('no backend is chosen');
  const parts: ConfigMap[] = [];
  const variables = new Map<string, CollectorVariable>();
  for (const file of files) {
    const text = read(file);
    if (text === undefined) {
      problems.push(`there is no ${file}`);
      continue;
    }
    const part: unknown = parse(text);
    if (!isConfigMap(part)) throw new Error(`expected a map in ${file}`);
    parts.push(part);
    for (const variable of findEnvironment(part)) {
      const known = variables.get(variable.name);
      if (known?.isRequired !== true && (known === undefined || variable.isRequired)) {
        variables.set(variable.name, { ...variable, file });
      }
    }
  }
  if (problems.length > 0) return { ok: false, problems };
  const whole = mergeConfig(parts);
  const extensions = Object.keys(mapAt(whole, 'extensions'));
  const merged = mergeConfig([whole, { service: { extensions } }]);
  return {
    ok: true,
    composition: {
      files,
      override: `service: {extensions: [${extensions.join(', ')}]}`,
      variables: [...variables.values()],
      contribOnly: contribOnlyIn(merged),
      merged,
    },
  };
}

function contribOnlyIn(config: ConfigMap): readonly string[] {
  const types = ['exporters', 'extensions', 'processors', 'receivers', 'connectors']
    .flatMap((kind) => Object.keys(mapAt(config, kind)))
    .map((id) => id.split('/')[0] ?? id);
  return [...new Set(types)].filter((type) => CONTRIB_ONLY.has(type));
}
