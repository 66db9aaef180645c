import type { Estimates, KnownModels } from '@tokenmeter/server';
import { areTexts, type Fields, isFields, isListOf } from './fields.ts';

function isTextOrNone(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isDatedModel(value: unknown): value is Fields {
  return isFields(value) && areTexts(value, ['id']) && isTextOrNone(value.refreshed);
}

function isBook(value: unknown): value is Fields {
  return isFields(value) && areTexts(value, ['priceBook']);
}

/** Tells whether an answer is the list of models with a price. */
export function isKnownModels(value: unknown): value is KnownModels {
  return isBook(value) && isListOf(value.models, isDatedModel);
}

/** Tells whether an answer is what calls would cost. */
export function isEstimates(value: unknown): value is Estimates {
  return (
    isBook(value) &&
    isListOf(
      value.estimates,
      (one) =>
        isDatedModel(one) &&
        isTextOrNone(one.reason) &&
        (one.usdPerCall === undefined || typeof one.usdPerCall === 'number'),
    )
  );
}
