import { z } from 'zod';
import { CONFIG_SCHEMA } from './config-schema.ts';

/** Renders the JSON Schema (draft 2020-12) of tokenmeter.yaml as text that ends with a line break. */
export function renderConfigSchema(): string {
  const schema = z.toJSONSchema(CONFIG_SCHEMA, { io: 'input', unrepresentable: 'any' });
  const described = {
    ...schema,
    title: 'tokenmeter.yaml',
    description: 'Configuration of Tokenmeter: sources, rules, channels, routes and escalation.',
  };
  return `${JSON.stringify(described, undefined, 2)}\n`;
}
