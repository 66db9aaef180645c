import type { ApiProblem, Estimates, KnownModels } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { isEstimates, isKnownModels } from './decode-estimates.ts';
import { describeEstimates, describeRecord } from './describe-estimates.ts';
import { EstimateTable } from './estimate-table.tsx';
import {
  type Assumptions,
  MOST_MODELS,
  NUMBERS,
  parseAssumptions,
  renderEstimatePath,
  renderExploreLink,
} from './explore-link.ts';
import { fetchAnswer, keepIf } from './fetch-answer.ts';
import { NumberField } from './number-field.tsx';
import { CopyText, Problem } from './states.tsx';
import { ThresholdPanel } from './threshold-panel.tsx';

const LABELS = {
  callsPerDay: 'Calls a day',
  inputTokens: 'Input tokens of a call',
  cachedPercent: 'Input that is cached',
  outputTokens: 'Output tokens of a call',
} as const;

interface Asked<T> {
  readonly value?: T;
  readonly problem?: ApiProblem;
}

/** The answer to a path; the last one stays while the next is on its way. */
function useAnswer<T>(path: string, isWanted: (value: unknown) => value is T): Asked<T> {
  const [asked, setAsked] = useState<Asked<T>>({});
  useEffect(() => {
    const stop = new AbortController();
    void fetchAnswer(path, keepIf(isWanted), stop.signal).then((answer) => {
      if (answer?.ok) setAsked({ value: answer.value });
      else if (answer) setAsked((last) => ({ ...last, problem: answer.problem }));
    });
    return () => stop.abort();
  }, [path, isWanted]);
  return asked;
}

function AddModel({
  known,
  isFull,
  add,
}: {
  readonly known: KnownModels | undefined;
  readonly isFull: boolean;
  readonly add: (id: string) => void;
}): JSX.Element {
  const [text, setText] = useState('');
  const isKnown = known?.models.some(({ id }) => id === text) === true;
  return (
    <form
      class="add-model"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isKnown || isFull) return;
        add(text);
        setText('');
      }}
    >
      <label class="field">
        <span class="field-name">Another model</span>
        <input
          type="text"
          list="known-models"
          placeholder="provider/model"
          value={text}
          onInput={({ currentTarget }) => setText(currentTarget.value)}
        />
      </label>
      <datalist id="known-models">
        {known?.models.map(({ id }) => (
          <option key={id} value={id} />
        ))}
      </datalist>
      <button type="submit" class="button" disabled={!isKnown || isFull}>
        Compare
      </button>
    </form>
  );
}

interface ComparisonProps {
  readonly assumptions: Assumptions;
  readonly assume: (next: Assumptions) => void;
}

function Answers({
  estimates,
  assumptions,
  assume,
}: ComparisonProps & { readonly estimates: Estimates }): JSX.Element {
  const rows = describeEstimates(estimates, assumptions);
  const record = describeRecord(rows, assumptions, estimates.priceBook);
  const { models } = assumptions;
  return (
    <>
      <EstimateTable
        rows={rows}
        remove={(id) => assume({ ...assumptions, models: models.filter((one) => one !== id) })}
      />
      <details class="explore-record">
        <summary>The same as JSON</summary>
        <CopyText text={JSON.stringify(record, undefined, 2)} name="Copy the JSON" />
      </details>
    </>
  );
}

function Comparison({ assumptions, assume }: ComparisonProps): JSX.Element {
  const known = useAnswer('/api/v1/models', isKnownModels);
  const asked = useAnswer(renderEstimatePath(assumptions), isEstimates);
  const { models } = assumptions;
  const problem = asked.problem ?? known.problem;
  return (
    <section class="panel" aria-labelledby="explore-title">
      <header class="panel-head">
        <h2 id="explore-title">
          What would it cost?
          <span class="panel-unit"> at the prices in force, a month of 30 days</span>
        </h2>
      </header>
      <div class="fields">
        {NUMBERS.map(([name, , most]) => (
          <NumberField
            key={name}
            label={LABELS[name]}
            most={most}
            {...(name === 'cachedPercent' ? { unit: '%' } : {})}
            value={assumptions[name]}
            choose={(value) => assume({ ...assumptions, [name]: value })}
          />
        ))}
        <AddModel
          known={known.value}
          isFull={models.length >= MOST_MODELS}
          add={(id) => assume({ ...assumptions, models: [...new Set([...models, id])] })}
        />
      </div>
      {problem && <Problem problem={problem} />}
      {asked.value && <Answers estimates={asked.value} assumptions={assumptions} assume={assume} />}
    </section>
  );
}

/** The page Explore: what models would cost, and the rules and the board that watch them. */
export function ExplorePage(): JSX.Element {
  const [assumptions, setAssumptions] = useState(() => parseAssumptions(location.search));
  return (
    <div class="stack">
      <Comparison
        assumptions={assumptions}
        assume={(next) => {
          setAssumptions(next);
          history.replaceState(null, '', renderExploreLink(next));
        }}
      />
      <ThresholdPanel />
    </div>
  );
}
