import type { Attributes, AttributeValue } from '@tokenmeter/testkit';
import type { AttributeSpec, RequirementLevel } from '../../packages/semconv/src/index.ts';
import { ATTRIBUTE_SPECS } from '../../packages/semconv/src/index.ts';

/** Which attributes a signal may have, and how binding each is. */
export type Levels = Readonly<Record<string, RequirementLevel>>;

/** What is wrong with the attributes of one span or point, in words: undeclared, missing, of a wrong type or value. */
export function checkAttributes(attributes: Attributes, levels: Levels): readonly string[] {
  const missing = Object.entries(levels)
    .filter(([name, level]) => level === 'required' && attributes[name] === undefined)
    .map(([name]) => `${name} is missing`);
  const wrong = Object.entries(attributes).flatMap(([name, value]) => {
    if (levels[name] === undefined) return [`${name} is not declared for this signal`];
    const spec = ATTRIBUTE_SPECS[name];
    return spec === undefined ? [`${name} has no declared type`] : checkValue(name, value, spec);
  });
  return [...missing, ...wrong];
}

function checkValue(name: string, value: AttributeValue, spec: AttributeSpec): readonly string[] {
  const shown = JSON.stringify(value);
  if (!isOfType(value, spec)) return [`${name} is ${shown}, which is no ${spec.type}`];
  if (spec.type === 'string' && value === '') return [`${name} is empty`];
  if (spec.values === undefined || spec.values.includes(String(value))) return [];
  // The conventions allow other words where none of theirs applies: lower case, no spaces.
  if (spec.isOpen === true && /^[a-z0-9][a-z0-9._-]*$/.test(String(value))) return [];
  return [`${name} is ${shown}, which is none of its values`];
}

function isOfType(value: AttributeValue, { type }: AttributeSpec): boolean {
  switch (type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'int':
      return Number.isSafeInteger(value);
    case 'double':
      return typeof value === 'number' && Number.isFinite(value);
    case 'string[]':
      return (
        Array.isArray(value) && value.length > 0 && value.every((one) => typeof one === 'string')
      );
    default:
      return type satisfies never;
  }
}
