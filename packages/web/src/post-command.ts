import { isApiProblem } from './decode-api.ts';

/** What a person does about an incident. */
export type AlertCommand = 'acknowledge' | 'snooze' | 'expected' | 'resolve';

const SNOOZE_MINUTES = 60;
const UNREACHABLE = 'The Tokenmeter server does not answer; nothing was changed.';

/** Asks the server to carry out a command. A text says why it was not; undefined when it was. Never throws. */
export async function postCommand(
  incidentId: string,
  command: AlertCommand,
): Promise<string | undefined> {
  const body = command === 'snooze' ? { minutes: SNOOZE_MINUTES } : {};
  try {
    const response = await fetch(`/api/v1/incidents/${encodeURIComponent(incidentId)}/${command}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) return undefined;
    const answer: unknown = await response.json().catch(() => undefined);
    return isApiProblem(answer) ? answer.error : `The server answered ${response.status}.`;
  } catch {
    return UNREACHABLE;
  }
}
