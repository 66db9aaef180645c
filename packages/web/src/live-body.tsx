import type { Overview } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { AlertList } from './alert-list.tsx';
import { SpendPanel } from './spend-panel.tsx';
import { UnpricedNotice } from './states.tsx';
import { Tiles } from './tiles.tsx';
import type { LivePage } from './use-live-page.ts';

/** What every page is given. */
export interface BodyProps {
  readonly page: LivePage;
  readonly overview: Overview;
  readonly timeZone: string;
}

/** The page Live: figures of the moment, spend over time, alerts. */
export function LiveBody({ page, overview, timeZone }: BodyProps): JSX.Element {
  const { state, choose, retry } = page;
  const clock = { nowEpochMs: overview.nowEpochMs, timeZone };
  return (
    <>
      <Tiles overview={overview} />
      <div class="columns">
        <aside class="side">
          <AlertList alerts={state.alerts} view={state.view} choose={choose} {...clock} />
          <UnpricedNotice overview={overview} />
        </aside>
        <SpendPanel state={state} {...clock} choose={choose} retry={retry} />
      </div>
    </>
  );
}
