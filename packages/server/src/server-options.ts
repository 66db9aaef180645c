import type { PriceBook } from '@tokenmeter/pricing';
import type { Logger } from './logger.ts';
import type { Retention } from './maintain-ledger.ts';

/** Options of `startServer`. */
export interface ServerOptions {
  /** Folder of the ledger; created when missing. */
  readonly dataDir: string;
  /** Default 127.0.0.1, the only address so far. */
  readonly host?: '127.0.0.1';
  /** Default 4318, OTLP's own; 0 lets the system choose. */
  readonly port?: number;
  /** Folder of the page; without it only the API and the receiver answer. */
  readonly staticDir?: string;
  /** IANA name; decides what "today" means. Default: the machine's. */
  readonly timeZone?: string;
  /** Epoch milliseconds. Default `Date.now`. */
  readonly clock?: () => number;
  readonly logger?: Logger;
  /** Largest OTLP body, before and after decompression. Default 20 MiB, the Collector's own limit. */
  readonly bodyLimitBytes?: number;
  /** Address under which people reach the page through a proxy; its name is let in beside those of loopback. */
  readonly publicUrl?: string | undefined;
  /** Signing secrets of PagerDuty's webhooks; without one they are refused. */
  readonly pagerDutySecrets?: readonly string[];
  /** Limit of the whole spend of a calendar month, as the page shows it. */
  readonly monthBudgetUsd?: number | undefined;
  /** Days that calls and usage are kept. Default 90 and 400. */
  readonly retention?: Partial<Retention>;
  /**
   * The price book in force, asked for with each request, so that it may change. It prices calls of other
   * instrumentations; without it they are kept without a cost.
   */
  readonly priceBook?: () => PriceBook;
  /** Instrumentation scopes whose spans are no calls: one of two instrumentations of one client. Default: none. */
  readonly ignoredScopes?: RegExp | undefined;
}
