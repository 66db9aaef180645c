import { parseArgs } from 'node:util';
import { FEATURES, type FeatureName, planCall } from './features.ts';
import { createHelpdesk, type Helpdesk } from './helpdesk.ts';
import { createRandom, type Random } from './random.ts';
import {
  beginsWithTimeAt,
  callsPerMinuteAt,
  modelAt,
  promptVersionAt,
  type Schedule,
} from './traffic.ts';

// The helpdesk: people arrive at random, each feature at its own rate, and every arrival is one model call.
// Nothing here knows of metering but `withAttribution`; `node --import @tokenmeter/node` does the rest.

const MINUTE_MS = 60_000;
const USERS = 40;
const MAX_OPEN_CALLS = 200;

function readSchedule(): { readonly schedule: Schedule; readonly seed: number } {
  const { values } = parseArgs({
    options: {
      'launch-at': { type: 'string', default: 'Infinity' },
      'prompt-at': { type: 'string', default: 'Infinity' },
      'cache-at': { type: 'string', default: 'Infinity' },
      'fallback-at': { type: 'string', default: 'Infinity' },
      seed: { type: 'string', default: '1' },
    },
  });
  return {
    schedule: {
      launchEpochMs: Number(values['launch-at']),
      promptEpochMs: Number(values['prompt-at']),
      cacheEpochMs: Number(values['cache-at']),
      fallbackEpochMs: Number(values['fallback-at']),
    },
    seed: Number(values.seed),
  };
}

class Traffic {
  readonly #helpdesk: Helpdesk;
  readonly #schedule: Schedule;
  readonly #random: Random;
  readonly #timers = new Map<FeatureName, NodeJS.Timeout>();
  #isStopped = false;
  #open = 0;

  constructor(helpdesk: Helpdesk, schedule: Schedule, random: Random) {
    this.#helpdesk = helpdesk;
    this.#schedule = schedule;
    this.#random = random;
  }

  start(): void {
    for (const feature of FEATURES) this.#scheduleNext(feature);
  }

  stop(): void {
    this.#isStopped = true;
    for (const timer of this.#timers.values()) clearTimeout(timer);
  }

  /** Waits for the next arrival; looks again after a second at the latest, because the rate may have changed. */
  #scheduleNext(feature: FeatureName): void {
    if (this.#isStopped) return;
    const meanMs = MINUTE_MS / callsPerMinuteAt(feature, Date.now(), this.#schedule);
    const waitMs = -Math.log(1 - this.#random.next()) * meanMs;
    const isArrival = waitMs <= 1000;
    const timer = setTimeout(
      () => {
        if (isArrival) this.#arrive(feature);
        this.#scheduleNext(feature);
      },
      Math.min(waitMs, 1000),
    );
    this.#timers.set(feature, timer);
  }

  #arrive(feature: FeatureName): void {
    if (this.#open >= MAX_OPEN_CALLS) return;
    this.#open += 1;
    void this.#call(feature).finally(() => {
      this.#open -= 1;
    });
  }

  async #call(feature: FeatureName): Promise<void> {
    const now = Date.now();
    const version = promptVersionAt(feature, now, this.#schedule);
    const planned = {
      ...planCall(feature, version, this.#random),
      model: modelAt(feature, now, this.#schedule),
      beginsWithTime: beginsWithTimeAt(feature, now, this.#schedule),
    };
    const visit = {
      userId: `user-${this.#random.between(1, USERS)}`,
      conversationId: `ticket-${this.#random.between(1000, 9999)}`,
    };
    try {
      await this.#helpdesk(planned, visit);
    } catch (error) {
      if (!this.#isStopped) console.error(`${feature}: ${String(error)}`);
    }
  }
}

const { schedule, seed } = readSchedule();
const traffic = new Traffic(createHelpdesk(), schedule, createRandom(seed));

function stop(): void {
  traffic.stop();
  if (process.connected) process.disconnect();
}

// The parent's end closes the channel, so the application never outlives the demo.
process.once('disconnect', stop);
process.once('SIGTERM', stop);
process.once('SIGINT', stop);
traffic.start();
