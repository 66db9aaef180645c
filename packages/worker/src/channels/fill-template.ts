const WHOLE = /^\{\{\s*([^{}]+?)\s*\}\}$/;
const PART = /\{\{\s*([^{}]+?)\s*\}\}/g;

/**
 * Fills the texts of a JSON value: `{{a.b}}` alone becomes the value itself, inside other text its words. What is not
 * known becomes null, or nothing inside text. Values are placed, never parsed: no content can change the shape.
 */
export function fillTemplate(template: unknown, values: unknown): unknown {
  if (typeof template === 'string') return fillText(template, values);
  if (Array.isArray(template)) return template.map((one) => fillTemplate(one, values));
  if (typeof template !== 'object' || template === null) return template;
  return Object.fromEntries(
    Object.entries(template).map(([key, one]) => [key, fillTemplate(one, values)]),
  );
}

function fillText(text: string, values: unknown): unknown {
  const whole = WHOLE.exec(text)?.[1];
  if (whole !== undefined) return valueAt(values, whole) ?? null;
  return text.replaceAll(PART, (_, path: string) => wordsOf(valueAt(values, path)));
}

function wordsOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

function valueAt(values: unknown, path: string): unknown {
  let value = values;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = Reflect.get(value, key);
  }
  return value;
}
