import type { Attributes, AttributeValue } from '@opentelemetry/api';
import type { CallRecord } from '@tokenmeter/core';
import type { Attribution } from './attribution.ts';
import { labelKey } from './describe-labels.ts';

/** Label combinations that are remembered; beyond them all are forgotten and made anew. */
const LIMIT = 2000;

/** Longest key that is remembered: models and features have short names. */
const LONGEST_KEY = 1024;

/** The labels of one call: as they are, for spans, and bounded, for metrics. The same object when nothing was cut. */
export interface CallLabels {
  readonly labels: Attributes;
  readonly bounded: Attributes;
}

/** Finds the labels of a call, or makes them. */
export type LabelSets = (
  record: CallRecord,
  attribution: Attribution,
  create: () => CallLabels,
) => CallLabels;

/** What the last call had its labels from. */
interface LastCall extends Labelled {
  readonly attribution: Attribution;
  readonly labels: CallLabels;
}

/** What of a call becomes labels. */
interface Labelled {
  readonly operation: string;
  readonly provider: string;
  readonly requestModel?: string | undefined;
  readonly responseModel?: string | undefined;
}

/** Creates a bounded memory of label sets, so that whatever is derived from one need be derived only once. */
export function createLabelSets(): LabelSets {
  const known = new Map<string, CallLabels>();
  let last: LastCall | undefined;
  return (record, attribution, create) => {
    // Calls mostly come for whom and what the one before came.
    if (last !== undefined && isSameCall(last, record, attribution)) return last.labels;
    const key = labelKey(record, attribution);
    let labels = known.get(key);
    if (labels === undefined) {
      labels = create();
      // Every cut is counted, so it must be made every time.
      if (key.length > LONGEST_KEY || labels.labels !== labels.bounded) return labels;
      if (known.size >= LIMIT) known.clear();
      known.set(key, labels);
    }
    const { operation, provider, requestModel, responseModel } = record;
    last = { operation, provider, requestModel, responseModel, attribution, labels };
    return labels;
  };
}

function isSameCall(last: LastCall, record: Labelled, attribution: Attribution): boolean {
  return (
    last.attribution === attribution &&
    last.operation === record.operation &&
    last.provider === record.provider &&
    last.requestModel === record.requestModel &&
    last.responseModel === record.responseModel
  );
}

interface Variants {
  readonly byKey: Map<string, Attributes>;
  /** By the name of the added attribute, then by its value. */
  readonly byLabel: Map<string, Map<AttributeValue, Attributes>>;
}

const variants = new WeakMap<Attributes, Variants>();

/** Variants kept for one label set. Ours are a few dozen; addresses of servers are the application's. */
const VARIANT_LIMIT = 500;

/**
 * What `create` makes of labels, made once for every `key`; keys of different callers must differ. Nobody may change the
 * result, or the labels.
 */
export function labelVariant(
  labels: Attributes,
  key: string,
  create: () => Attributes,
): Attributes {
  const { byKey } = variantsOf(labels);
  return byKey.get(key) ?? remember(byKey, key, create());
}

/** The labels with one more attribute; the same object for the same value. */
export function withLabel(
  labels: Attributes,
  name: string,
  value: string | number | boolean,
): Attributes {
  const { byLabel } = variantsOf(labels);
  let values = byLabel.get(name);
  if (values === undefined) {
    values = new Map();
    byLabel.set(name, values);
  }
  return values.get(value) ?? remember(values, value, { ...labels, [name]: value });
}

/** What was asked for last: several variants of one label set are made in a row. */
let latest: { readonly labels: Attributes; readonly variants: Variants } | undefined;

function variantsOf(labels: Attributes): Variants {
  if (latest?.labels === labels) return latest.variants;
  let known = variants.get(labels);
  if (known === undefined) {
    known = { byKey: new Map(), byLabel: new Map() };
    variants.set(labels, known);
  }
  latest = { labels, variants: known };
  return known;
}

function remember<K>(known: Map<K, Attributes>, key: K, made: Attributes): Attributes {
  if (known.size >= VARIANT_LIMIT) known.clear();
  known.set(key, made);
  return made;
}
