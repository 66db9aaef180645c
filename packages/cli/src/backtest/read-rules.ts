import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { parse } from 'yaml';
import { loadConfig } from '../config/load-config.ts';
import { CommandError, type Io } from '../io.ts';
import type { RuleConfig } from '../rule-setup.ts';

/** Keys by which a whole configuration is told from a file of rules. */
const CONFIG_KEYS = [
  'rules',
  'timeZone',
  'channels',
  'routes',
  'source',
  'sources',
  'holidays',
  'plannedEvents',
];

/**
 * Reads a file of rules in YAML or JSON: rules by name, or a whole tokenmeter.yaml, of which rules, budgets, holidays and
 * planned events count. Throws a `CommandError` with every problem.
 */
export async function readRuleFile(path: string, io: Io): Promise<Partial<RuleConfig>> {
  let value: unknown;
  try {
    value = parse(await readFile(resolve(io.cwd, path), 'utf8'));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new CommandError(`cannot read rules from ${path}: ${reason}`, {
      exitCode: 2,
      cause: error,
    });
  }
  const isConfig = CONFIG_KEYS.some((key) => Object.hasOwn(Object(value), key));
  if (!isConfig) return { rules: value ?? {} };
  return loadConfig(io, { config: path, needsSecrets: false }).config;
}
