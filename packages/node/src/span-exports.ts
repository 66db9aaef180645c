import { attempt, type OnFailure } from './attempt.ts';
import type { FinishedSpan, SpanBatch } from './finished-span.ts';
import type { OtlpSender } from './otlp-sender.ts';

/** How spans are batched; the names and defaults of the standard `OTEL_BSP_*` variables. */
export interface BatchLimits {
  /** Spans that wait at most; further ones are dropped and counted. */
  readonly maxQueueSize: number;
  readonly maxExportBatchSize: number;
  readonly scheduledDelayMs: number;
}

interface Body {
  readonly bytes: Uint8Array;
  readonly spans: number;
}

/** Sends spans in batches, one request at a time, without ever holding the process. */
export class SpanExports {
  readonly #batch: SpanBatch;
  readonly #sender: OtlpSender;
  readonly #limits: BatchLimits;
  readonly #onDropped: (spans: number) => void;
  readonly #onFailure: OnFailure;
  /** Full batches that wait. */
  #bodies: Body[] = [];
  #waiting = 0;
  #underWay: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #dropped = 0;

  /** `onDropped` is told of spans that found no room, once there is room again; `onFailure` when no body can be made. */
  constructor(
    batch: SpanBatch,
    sender: OtlpSender,
    {
      limits,
      onDropped,
      onFailure,
    }: {
      readonly limits: BatchLimits;
      readonly onDropped: (spans: number) => void;
      readonly onFailure: OnFailure;
    },
  ) {
    this.#batch = batch;
    this.#sender = sender;
    this.#limits = limits;
    this.#onDropped = onDropped;
    this.#onFailure = onFailure;
  }

  add(span: FinishedSpan): void {
    if (this.#waiting + this.#batch.size >= this.#limits.maxQueueSize) {
      this.#dropped += 1;
      return;
    }
    if (this.#dropped > 0) {
      this.#onDropped(this.#dropped);
      this.#dropped = 0;
    }
    this.#batch.add(span);
    if (this.#batch.size < this.#limits.maxExportBatchSize) {
      this.#wake();
      return;
    }
    this.#close();
    this.#sendNext();
  }

  /** Sends everything; settles when all of it has arrived or failed. */
  async flush(): Promise<void> {
    const before = this.#underWay;
    await Promise.all([before, ...this.takeBodies().map((body) => this.#sender.send(body))]);
  }

  /** Everything that is not under way, as request bodies; nothing waits afterwards. */
  takeBodies(): readonly Uint8Array[] {
    this.#close();
    const bodies = this.#bodies;
    this.#bodies = [];
    this.#waiting = 0;
    return bodies.map(({ bytes }) => bytes);
  }

  #wake(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#close();
      this.#sendNext();
    }, this.#limits.scheduledDelayMs);
    this.#timer.unref();
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const spans = this.#batch.size;
    if (spans === 0) return;
    const bytes = attempt(() => this.#batch.take(), this.#onFailure);
    if (bytes === undefined) return;
    this.#bodies.push({ bytes, spans });
    this.#waiting += spans;
  }

  #sendNext(): void {
    if (this.#underWay !== undefined) return;
    const body = this.#bodies.shift();
    if (body === undefined) return;
    this.#waiting -= body.spans;
    this.#underWay = this.#sender.send(body.bytes).then(() => {
      this.#underWay = undefined;
      this.#sendNext();
    });
  }
}
