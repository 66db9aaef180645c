import { createStdoutNotifier, createWebhookNotifier, type Notifier } from '@tokenmeter/worker';
import { parseAlertConfig } from './config.ts';
import { CommandError, type Io } from './io.ts';

/** The channels that the environment asks for; standard output is always one of them. */
export function createNotifiers(io: Io, options: { readonly isJson: boolean }): Notifier[] {
  const parsed = parseAlertConfig(io.env);
  if (!parsed.ok) throw new CommandError(parsed.problems.join('\n'), { exitCode: 2 });
  const notifiers = [
    createStdoutNotifier({ write: io.stdout, format: options.isJson ? 'json' : 'text' }),
  ];
  const { webhook } = parsed.config;
  if (webhook !== undefined) notifiers.push(createWebhookNotifier(webhook));
  return notifiers;
}
