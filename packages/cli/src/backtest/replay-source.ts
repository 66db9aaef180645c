import type { ReplayFeed } from './replay-feed.ts';

/** Usage that is ready to be replayed. */
export interface ReplaySource {
  readonly feed: ReplayFeed;
  /** What it is, in words. */
  readonly name: string;
  /** Time between evaluations that fits it. */
  readonly stepMs: number;
  /** What a reader must know about it. */
  readonly remarks: readonly string[];
}
