import type { ApiProblem, Overview } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { formatCount } from './format.ts';
import { Icon } from './icons.tsx';
import { TilesSkeleton } from './tiles.tsx';

/** Prose in which `…` is code. */
function Hint({ text }: { readonly text: string }): JSX.Element {
  const parts = text.split('`');
  return (
    <p class="problem-hint">
      {parts.map((part, index) => (index % 2 === 1 ? <code key={part}>{part}</code> : part))}
    </p>
  );
}

/** What went wrong, what to do about it, and a way to try again. */
export function Problem({
  problem,
  retry,
}: {
  readonly problem: ApiProblem;
  readonly retry?: () => void;
}): JSX.Element {
  return (
    <div class="problem" role="alert">
      <Icon name="warning" />
      <div>
        <p class="problem-error">{problem.error}</p>
        {problem.hint && <Hint text={problem.hint} />}
        {retry && (
          <button type="button" class="button" onClick={retry}>
            Try again
          </button>
        )}
      </div>
    </div>
  );
}

/** A button that copies a text, and says whether it did. */
function CopyButton({ text, name }: { readonly text: string; readonly name: string }): JSX.Element {
  const [said, say] = useState(name);
  async function copy(): Promise<void> {
    try {
      await navigator.clipboard.writeText(text);
      say('Copied');
    } catch {
      say('Select and copy');
    }
    setTimeout(() => say(name), 2000);
  }
  return (
    <button type="button" class="button" onClick={() => void copy()}>
      <Icon name="copy" />
      <span aria-live="polite">{said}</span>
    </button>
  );
}

/** Lines to take along. */
export function CopyText({
  text,
  name,
}: {
  readonly text: string;
  readonly name: string;
}): JSX.Element {
  return (
    <div class="copy-text">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard */}
      <pre tabIndex={0}>{text}</pre>
      <CopyButton text={text} name={name} />
    </div>
  );
}

function CopyLine({ words }: { readonly words: readonly string[] }): JSX.Element {
  return (
    <div class="copy-line">
      <code>
        {words.map((word, index) => (
          <span key={word}>{index < words.length - 1 ? `${word} ` : word}</span>
        ))}
      </code>
      <CopyButton text={words.join(' ')} name="Copy" />
    </div>
  );
}

/** The page before the first call: how to send it, and a sign that the server listens. */
export function EmptyState({ origin }: { readonly origin: string }): JSX.Element {
  const endpoint = `OTEL_EXPORTER_OTLP_ENDPOINT=${origin}`;
  return (
    <section class="panel empty" aria-labelledby="empty-title">
      <p class="empty-wait">
        <span class="pulse" aria-hidden="true" />
        Listening on {origin}
      </p>
      <h2 id="empty-title">Waiting for the first call</h2>
      <p>Start your application with Tokenmeter in front. No change to its code is needed.</p>
      <CopyLine words={[endpoint, 'node --import @tokenmeter/node app.js']} />
      <p class="empty-more">
        Every call that it makes to a language model is metered on the wire, priced and shown here
        within seconds. This page turns over by itself.
      </p>
    </section>
  );
}

/** The models whose calls have no price, so that missing money is never taken for none. */
export function UnpricedNotice({ overview }: { readonly overview: Overview }): JSX.Element | null {
  const { unpricedModels } = overview;
  if (unpricedModels.length === 0) return null;
  const count = unpricedModels.length === 1 ? '1 model' : `${unpricedModels.length} models`;
  return (
    <section class="notice" aria-labelledby="unpriced-title">
      <h2 id="unpriced-title">
        <Icon name="warning" />
        No price for {count}
      </h2>
      <ul>
        {unpricedModels.map(({ model, calls }) => (
          <li key={model}>
            <span class="model">{model}</span>
            <span class="number">{`${formatCount(calls)} ${calls === 1 ? 'call' : 'calls'}`}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** The page while the first answer is on its way. */
export function Loading(): JSX.Element {
  return (
    <div class="loading" role="status" aria-label="Loading">
      <TilesSkeleton />
      <div class="columns">
        <div class="panel side bone-panel">
          <div class="bone bone-title" />
          <div class="bone bone-alerts" />
        </div>
        <div class="panel bone-panel">
          <div class="bone bone-title" />
          <div class="bone bone-chart" />
        </div>
      </div>
    </div>
  );
}
