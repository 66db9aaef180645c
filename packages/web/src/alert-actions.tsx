import type { AlertView } from '@tokenmeter/server';
import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { type AlertCommand, postCommand } from './post-command.ts';

interface Action {
  readonly command: AlertCommand;
  readonly label: string;
  readonly hint: string;
}

const ACTIONS: readonly Action[] = [
  { command: 'acknowledge', label: 'Acknowledge', hint: 'You take it: nobody is called further.' },
  {
    command: 'snooze',
    label: 'Snooze 1 h',
    hint: 'Nobody is told for an hour, unless it gets worse.',
  },
  {
    command: 'expected',
    label: 'Expected',
    hint: 'Nothing is wrong: silent until it ends, and baselines ignore this time.',
  },
  { command: 'resolve', label: 'Resolve', hint: 'Over, unless it gets worse.' },
];

/** What can be done about an incident that is not over. The stream shows what became of it. */
export function AlertActions({ alert }: { readonly alert: AlertView }): JSX.Element | null {
  const [busy, setBusy] = useState<AlertCommand>();
  const [problem, setProblem] = useState<string>();
  if (alert.state === 'resolved') return null;
  const act = async (command: AlertCommand): Promise<void> => {
    setBusy(command);
    setProblem(await postCommand(alert.incidentId, command));
    setBusy(undefined);
  };
  const offered = ACTIONS.filter(
    ({ command }) => !(command === 'acknowledge' && alert.state === 'acknowledged'),
  );
  return (
    <fieldset class="alert-actions" disabled={busy !== undefined}>
      <legend class="spoken">Act on this incident</legend>
      {offered.map(({ command, label, hint }) => (
        <button
          key={command}
          type="button"
          class="button"
          title={hint}
          onClick={() => void act(command)}
        >
          {label}
        </button>
      ))}
      <span class="alert-problem" role="status">
        {problem}
      </span>
    </fieldset>
  );
}
