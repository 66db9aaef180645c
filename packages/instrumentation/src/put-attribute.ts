import type { Attributes, AttributeValue } from '@opentelemetry/api';

/** Takes one attribute; undefined values are left out, and no name comes twice. */
export type PutAttribute = (name: string, value: AttributeValue | undefined) => void;

/** What `write` puts, as an object. */
export function collectAttributes(write: (put: PutAttribute) => void): Attributes {
  const attributes: Attributes = {};
  write((name, value) => {
    if (value !== undefined) attributes[name] = value;
  });
  return attributes;
}
