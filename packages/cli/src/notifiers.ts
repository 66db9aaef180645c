import {
  createChannel,
  createStdoutNotifier,
  createWebhookNotifier,
  type Notifier,
} from '@tokenmeter/worker';
import type { LoadedConfig } from './config/load-config.ts';
import { parseAlertConfig } from './config.ts';
import { CommandError, type Io } from './io.ts';

/** How channels are made. */
export interface NotifierOptions {
  /** Form of what goes to standard output. */
  readonly isJson: boolean;
  /** Channels of a configuration; without it, only those of the environment. */
  readonly loaded?: LoadedConfig;
  /** Zone of the times in alerts; without it that of the configuration, else that of the machine. */
  readonly timeZone?: string;
}

/**
 * Creates every channel: those of the configuration, the signed webhook that the environment names, and standard output
 * unless the configuration has a channel of that type. Throws a `CommandError` that lists every problem; none holds a
 * secret.
 */
export function createNotifiers(io: Io, options: NotifierOptions): Notifier[] {
  const { loaded, isJson } = options;
  const channels = Object.entries(loaded?.config.channels ?? {});
  const created = channels.map(([name, config]) => ({
    name,
    result: createChannel(name, config, {
      readSecret: (source) =>
        loaded?.readSecret(source) ?? { ok: false, problem: 'there is no configuration' },
      write: io.stdout,
      timeZone: options.timeZone ?? loaded?.config.timeZone ?? machineZone(),
      allowPrivateAddresses: loaded?.config.allowPrivateAddresses ?? [],
    }),
  }));
  const problems = created.flatMap(({ name, result }) =>
    result.ok ? [] : result.problems.map((problem) => `channels.${name}: ${problem}`),
  );
  const environment = parseAlertConfig(io.env);
  if (!environment.ok) problems.push(...environment.problems);
  if (problems.length > 0) throw new CommandError(problems.join('\n'), { exitCode: 2 });
  const notifiers = created.flatMap(({ result }) => (result.ok ? [result.notifier] : []));
  const webhook = environment.ok ? environment.config.webhook : undefined;
  if (webhook !== undefined) {
    notifiers.push(createWebhookNotifier({ ...webhook, name: freeName('webhook', notifiers) }));
  }
  if (channels.every(([, { type }]) => type !== 'stdout')) {
    const format = isJson ? 'json' : 'text';
    const name = freeName('stdout', notifiers);
    notifiers.unshift(createStdoutNotifier({ write: io.stdout, format, name }));
  }
  return notifiers;
}

/** The configuration may have given the name to a channel of its own. */
function freeName(name: string, notifiers: readonly Notifier[]): string {
  return notifiers.some((one) => one.name === name) ? `${name}-default` : name;
}

function machineZone(): string {
  return Intl.DateTimeFormat().resolvedOptions().timeZone;
}
