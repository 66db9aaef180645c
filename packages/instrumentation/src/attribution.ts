import { type Context, context, createContextKey } from '@opentelemetry/api';
import { asyncHooks } from './platform.ts';
import { activeContext } from './registered-api.ts';

/** Who and what a call is for. Absent fields are taken from an outer `withAttribution`, else from fall-backs. */
export interface Attribution {
  /** Product feature; the main dimension of every board. Low-cardinality. */
  readonly feature?: string;
  /** Team or cost centre. Low-cardinality. */
  readonly team?: string;
  /** Route template such as `/chat/:id`; never a concrete path. */
  readonly route?: string;
  readonly promptName?: string;
  readonly promptVersion?: string;
  readonly agentName?: string;
  /** On spans only, never on metrics. */
  readonly userId?: string;
  /** On spans only, never on metrics. */
  readonly tenantId?: string;
  /** On spans only, never on metrics. */
  readonly conversationId?: string;
  /** On spans only, never on metrics. */
  readonly sessionId?: string;
}

const NOBODY: Attribution = Object.freeze({});

const ATTRIBUTION_KEY = createContextKey('tokenmeter.attribution');
const STORE_KEY = Symbol.for('tokenmeter.attribution.store');

// One store per process, whatever number of copies of this package are loaded.
const store = sharedStore();

/**
 * Runs `fn` with attribution for every call that it makes, directly or through promises, timers and streams.
 *
 * Nested calls merge: inner fields win. The attribution stays in this process; nothing is added to outgoing requests.
 * Works with and without an OpenTelemetry context manager. Returns, or throws, exactly what `fn` does.
 */
export function withAttribution<T>(attribution: Attribution, fn: () => T): T {
  const merged = { ...currentAttribution(), ...definedFields(attribution) };
  const active = activeContext().setValue(ATTRIBUTION_KEY, merged);
  const run = (): T => context.with(active, fn);
  return store === undefined ? run() : store.run(merged, run);
}

/** The attribution in force, empty when there is none. A context given explicitly wins over the ambient one. */
export function currentAttribution(from: Context = activeContext()): Attribution {
  const value = from.getValue(ATTRIBUTION_KEY);
  if (isAttribution(value)) return value;
  return store?.getStore() ?? NOBODY;
}

/** The fields that are texts and not empty. Never throws: plain JavaScript may pass anything, and must not fail because of it. */
export function definedFields(attribution: unknown): Attribution {
  try {
    const entries = Object.entries(Object(attribution));
    return Object.fromEntries(
      entries.filter(([, value]) => typeof value === 'string' && value !== ''),
    );
  } catch {
    return NOBODY;
  }
}

function isAttribution(value: unknown): value is Attribution {
  return typeof value === 'object' && value !== null;
}

/** What is needed of `AsyncLocalStorage`; some edge runtimes have it as a global. */
interface AttributionStore {
  run<T>(value: Attribution, fn: () => T): T;
  getStore(): Attribution | undefined;
}

function sharedStore(): AttributionStore | undefined {
  const existing: unknown = Reflect.get(globalThis, STORE_KEY);
  if (isStore(existing)) return existing;
  const Storage: unknown =
    asyncHooks?.AsyncLocalStorage ?? Reflect.get(globalThis, 'AsyncLocalStorage');
  const created: unknown =
    typeof Storage === 'function' ? Reflect.construct(Storage, []) : undefined;
  if (!isStore(created)) return undefined;
  Reflect.set(globalThis, STORE_KEY, created);
  return created;
}

function isStore(value: unknown): value is AttributionStore {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'run') === 'function' &&
    typeof Reflect.get(value, 'getStore') === 'function'
  );
}
