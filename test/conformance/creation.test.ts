import { expect, test } from 'vitest';
import { CREATION_ATTRIBUTES, genAi, general } from '../../packages/semconv/src/index.ts';
import { loadExchanges } from './exchange.ts';
import { showCreation } from './replay.ts';

/** A span as a sampler is shown it. `kind` as in the API: 2 is CLIENT. */
interface Shown {
  readonly name: string;
  readonly kind: number;
  readonly attributes: Readonly<Record<string, unknown>>;
}

test('samplers are shown what the conventions set at creation, and nothing that comes later', async () => {
  const exchanges = loadExchanges().filter(({ truth }) => !truth.isWaiting);
  const { stdout, stderr, code } = await showCreation(exchanges);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  const shown = stdout
    .trim()
    .split('\n')
    .map((line): Shown => JSON.parse(line));
  expect(shown.length).toBe(exchanges.length);
  for (const { name, kind, attributes } of shown) {
    const missing = CREATION_ATTRIBUTES.filter((key) => attributes[key] === undefined);
    // Only requests that name no model lack it, and then it is not in the name of the span either.
    const isNameless = !name.includes(' ');
    expect({ name, kind, missing }).toEqual({
      name,
      kind: 2,
      missing: isNameless ? [genAi.requestModel] : [],
    });
    expect(attributes).not.toHaveProperty([genAi.responseModel]);
    expect(attributes).not.toHaveProperty([general.errorType]);
  }
});
