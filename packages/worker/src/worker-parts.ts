import { DEFAULT_RULES, type RuleName } from '@tokenmeter/anomaly';
import { Deliveries } from './delivery/deliveries.ts';
import { createIncidentDesk, type IncidentDesk, LINK_SECRET } from './desk/incident-desk.ts';
import { signLink } from './desk/signed-link.ts';
import { Evaluator } from './evaluator.ts';
import { createHourOfWeek } from './hour-of-week.ts';
import { createDescriber, type DescribeOptions } from './incidents/describe-notice.ts';
import { IncidentBook } from './incidents/incident-book.ts';
import { NoticeQueue } from './incidents/notice-queue.ts';
import { SILENT_LOGGER } from './logger.ts';
import type { Notifier } from './ports.ts';
import { completeRouting } from './routing/default-routing.ts';
import { stateErrorOf } from './state/open-state.ts';
import { StateStore } from './state/state-store.ts';
import type { WorkerOptions } from './worker-options.ts';

/** What a worker holds while it runs. */
export interface WorkerParts {
  readonly store: StateStore;
  readonly evaluator: Evaluator;
  readonly book: IncidentBook;
  readonly deliveries: Deliveries;
  readonly desk: IncidentDesk;
}

const LINK_DAYS = 7;
const DAY_MS = 86_400_000;

/** Opens the state and puts on it what evaluates, tells and answers. Throws on a file or a zone that it cannot use. */
export function openWorkerParts(options: WorkerOptions, onDeskChange: () => void): WorkerParts {
  try {
    return assembleParts(options, onDeskChange);
  } catch (error) {
    throw stateErrorOf(error, options.statePath ?? ':memory:');
  }
}

function assembleParts(options: WorkerOptions, onDeskChange: () => void): WorkerParts {
  const { timeZone = 'UTC', clock = Date.now, logger = SILENT_LOGGER, shard = '' } = options;
  const { routing = {}, pageUrl, dashboardUrl, imageUrl, actions = {} } = options;
  const store = new StateStore(options.statePath ?? ':memory:');
  const describe = createDescriber({
    timeZone,
    baseUrl: pageUrl,
    dashboardUrl,
    imageUrl,
    ...(pageUrl === undefined ? {} : { actionLinks: createActionLinks(pageUrl, store) }),
  });
  const queue = new NoticeQueue({ store, describe, timeZone });
  const channels = options.notifiers.map((notifier) => notifier.name);
  const book = new IncidentBook({
    store,
    queue,
    shard,
    routing: completeRouting(routing, channels, nameActions(actions)),
  });
  const deliveries = new Deliveries({
    store,
    notifiers: [...options.notifiers, ...new Set(Object.values(actions))],
    describe,
    now: clock,
    logger,
    timeZone,
    fallbackChannel: routing.fallbackChannel,
    checkpoint: options.checkpoint,
  });
  const render = { timeZone, pageUrl };
  const desk = createIncidentDesk({ store, book, render, onChange: onDeskChange });
  const evaluator = new Evaluator({
    rules: options.rules ?? DEFAULT_RULES,
    hourOfWeek: options.hourOfWeek ?? createHourOfWeek(timeZone),
    coverageRule: options.coverageRule,
    pipelineRule: options.pipelineRule,
    plannedEvents: options.plannedEvents,
    snapshot: store.snapshots.load(shard),
  });
  if (evaluator.isSnapshotRefused) {
    logger.warn('what was learned cannot be read, damaged or of another version: learning again');
  }
  return { store, evaluator, book, deliveries, desk };
}

function nameActions(
  actions: Readonly<Partial<Record<RuleName, Notifier>>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(actions).map(([rule, notifier]) => [rule, notifier.name]),
  );
}

/** Links that open a page which asks before it changes anything; they work for a week. */
function createActionLinks(
  pageUrl: string,
  store: StateStore,
): NonNullable<DescribeOptions['actionLinks']> {
  const secret = store.secretFor(LINK_SECRET);
  const base = pageUrl.replace(/\/+$/, '');
  return (incidentId, epochMs) => {
    const expiresEpochMs = epochMs + LINK_DAYS * DAY_MS;
    const link = (action: 'acknowledge' | 'snooze' | 'expected'): string =>
      `${base}/act/${signLink({ action, incidentId, expiresEpochMs }, secret)}`;
    return {
      acknowledge: link('acknowledge'),
      snooze: link('snooze'),
      expected: link('expected'),
    };
  };
}
