import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { type Guard, reportFailure } from './guard.ts';

/** Stops a tap; exchanges already open are followed no further. */
export type StopTap = () => void;

/** What a tap does with the messages of each diagnostics channel. */
export type ChannelListeners = Readonly<Record<string, (message: unknown) => void>>;

/** Subscribes guarded listeners: what is thrown in a channel's subscriber would be an uncaught exception. */
export function subscribeChannels(listeners: ChannelListeners, guard: Guard): StopTap {
  const stops = Object.entries(listeners).map(([channel, listener]) => {
    const guarded = (message: unknown): void => {
      try {
        listener(message);
      } catch (error) {
        reportFailure(guard, channel, error);
      }
    };
    subscribe(channel, guarded);
    return () => unsubscribe(channel, guarded);
  });
  return () => {
    for (const stop of stops) stop();
  };
}
