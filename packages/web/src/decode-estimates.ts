import type { Estimates, KnownModels } from '@tokenmeter/server';

type Fields = Readonly<Record<string, unknown>>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isDatedModel(value: unknown): value is Fields {
  return isFields(value) && typeof value.id === 'string' && isTextOrNone(value.refreshed);
}

function isBook(value: unknown): value is Fields {
  return isFields(value) && typeof value.priceBook === 'string';
}

/** Tells whether an answer is the list of models with a price. */
export function isKnownModels(value: unknown): value is KnownModels {
  return isBook(value) && Array.isArray(value.models) && value.models.every(isDatedModel);
}

/** Tells whether an answer is what calls would cost. */
export function isEstimates(value: unknown): value is Estimates {
  return (
    isBook(value) &&
    Array.isArray(value.estimates) &&
    value.estimates.every(
      (one) =>
        isDatedModel(one) &&
        isTextOrNone(one.reason) &&
        (one.usdPerCall === undefined || typeof one.usdPerCall === 'number'),
    )
  );
}
