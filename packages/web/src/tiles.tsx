import type { Overview } from '@tokenmeter/server';
import type { ComponentChildren, JSX } from 'preact';
import {
  describeChange,
  formatCount,
  formatDay,
  formatShare,
  formatTokens,
  formatUsd,
  formatWeekday,
} from './format.ts';
import { Icon } from './icons.tsx';

interface TileProps {
  readonly name: string;
  readonly value: string;
  readonly unit?: string;
  readonly isMain?: boolean;
  readonly tone?: 'attention';
  readonly children?: ComponentChildren;
}

function Tile({ name, value, unit, isMain, tone, children }: TileProps): JSX.Element {
  return (
    <div class={`tile ${isMain ? 'tile-main' : ''} ${tone ? `tile-${tone}` : ''}`}>
      <dt>{name}</dt>
      <dd>
        <span class="tile-value number">
          {value}
          {unit && <span class="tile-unit"> {unit}</span>}
        </span>
        <span class="tile-note">{children}</span>
      </dd>
    </div>
  );
}

interface VersusProps {
  readonly now: number;
  readonly before: number | undefined;
  readonly unit?: string;
  readonly day: string;
}

function Versus({ now, before, unit = '', day }: VersusProps): JSX.Element | null {
  const change = describeChange(now, before);
  if (before === undefined) return null;
  const earlier = `${formatUsd(before)}${unit}`;
  if (!change) return <span>{`last ${day}: ${earlier}`}</span>;
  return (
    <span class={`change change-${change.direction}`}>
      <Icon name={change.direction} />
      <span class="change-size">
        {change.text}
        <span class="spoken">{` ${change.direction}`}</span>
      </span>
      {` vs last ${day}, ${earlier}`}
    </span>
  );
}

function priced(usd: number, calls: number, unpricedCalls: number): string {
  return calls > 0 && unpricedCalls >= calls ? '—' : formatUsd(usd);
}

function Spend({ overview }: { readonly overview: Overview }): JSX.Element {
  const { today, thisHour, burnUsdPerHour, lastWeek } = overview;
  const day = formatWeekday(overview.nowEpochMs, overview.timeZone);
  return (
    <>
      <Tile isMain name="Spend today" value={priced(today.usd, today.calls, today.unpricedCalls)}>
        {lastWeek ? (
          <Versus now={today.usd} before={lastWeek.todayUsd} day={day} />
        ) : (
          'No figures from a week ago yet'
        )}
      </Tile>
      <Month overview={overview} />
      <Tile name="This hour" value={priced(thisHour.usd, thisHour.calls, thisHour.unpricedCalls)}>
        {`${formatCount(thisHour.calls)} calls`}
      </Tile>
      <Tile name="Burn, last 5 min" value={formatUsd(burnUsdPerHour)} unit="/ h">
        {lastWeek ? (
          <Versus now={burnUsdPerHour} before={lastWeek.burnUsdPerHour} unit="/h" day={day} />
        ) : (
          'USD per hour at this pace'
        )}
      </Tile>
    </>
  );
}

/** What a month will have cost, and how that stands to its budget. */
function Month({ overview }: { readonly overview: Overview }): JSX.Element {
  const { usd, toEpochMs, forecast, budgetUsd } = overview.month;
  const end = formatDay(toEpochMs - 1, overview.timeZone);
  const isOver = budgetUsd !== undefined && Math.max(usd, forecast?.mid ?? 0) > budgetUsd;
  return (
    <Tile
      name="This month"
      value={formatUsd(usd)}
      {...(isOver ? { tone: 'attention' as const } : {})}
    >
      {budgetUsd !== undefined && (
        <span class="note-line">
          {isOver && <Icon name="warning" />}
          {`${formatShare(usd / budgetUsd)} of ${formatUsd(budgetUsd)}`}
        </span>
      )}
      {forecast === undefined ? (
        <span>forecast after a week</span>
      ) : (
        <span
          title={`${formatUsd(forecast.low)} to ${formatUsd(forecast.high)}, as it usually goes on`}
        >
          {`about ${formatUsd(forecast.mid)} by ${end}`}
        </span>
      )}
    </Tile>
  );
}

function unpricedNote(calls: number, unpricedCalls: number): string {
  if (unpricedCalls > 0) return 'not in the spend figures';
  return calls > 0 ? 'every call has a price' : 'no calls today';
}

/** Requests are recognised when they start and metered when they end, so a few are always between the two. */
const USUALLY_OPEN = 10;

function coverageNote(recognised: number, missed: number): string {
  if (recognised === 0) return 'no report from an application yet';
  if (missed > USUALLY_OPEN) {
    return `${formatCount(missed)} of ${formatCount(recognised)} not metered`;
  }
  if (missed > 0) return `${formatCount(missed)} still open`;
  return 'every recognised call metered';
}

/** The figures of the moment: spend, burn, calls and how much of the truth they cover. */
export function Tiles({ overview }: { readonly overview: Overview }): JSX.Element {
  const { today, coverage } = overview;
  const missed = Math.max(0, coverage.recognised - coverage.metered);
  return (
    <dl class="tiles panel" aria-label="Now">
      <Spend overview={overview} />
      <Tile name="Calls today" value={formatCount(today.calls)}>
        {`${formatTokens(today.inputTokens)} in · ${formatTokens(today.outputTokens)} out`}
        {today.errorCalls > 0 && (
          <span class="note-strong">{` · ${formatCount(today.errorCalls)} failed`}</span>
        )}
      </Tile>
      <Tile
        name="Unpriced today"
        value={formatCount(today.unpricedCalls)}
        {...(today.unpricedCalls > 0 ? { tone: 'attention' as const } : {})}
      >
        {today.unpricedCalls > 0 && <Icon name="warning" />}
        {unpricedNote(today.calls, today.unpricedCalls)}
      </Tile>
      <Tile
        name="Coverage"
        value={coverage.recognised > 0 ? formatShare(coverage.metered / coverage.recognised) : '—'}
        {...(missed > USUALLY_OPEN ? { tone: 'attention' as const } : {})}
      >
        {missed > USUALLY_OPEN && <Icon name="warning" />}
        {coverageNote(coverage.recognised, missed)}
      </Tile>
    </dl>
  );
}

/** The tiles while the first answer is on its way, in the same geometry. */
export function TilesSkeleton(): JSX.Element {
  const names = [
    'Spend today',
    'This month',
    'This hour',
    'Burn, last 5 min',
    'Calls today',
    'Unpriced today',
  ];
  return (
    <div class="tiles panel" aria-hidden="true">
      {[...names, 'Coverage'].map((name, index) => (
        <div class={`tile ${index === 0 ? 'tile-main' : ''}`} key={name}>
          <span class="tile-name">{name}</span>
          <span class="bone bone-value" />
          <span class="bone bone-note" />
        </div>
      ))}
    </div>
  );
}
