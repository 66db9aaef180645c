import { composeCollector, readConfigFile } from '@tokenmeter/collector-config';
import { expect, test } from 'vitest';
import { countQueues, describeQueueRoom } from './queue-room.ts';

test.for([
  // The journal's queue and one per backend; files have none.
  { backends: ['otlp'], queues: 2 },
  { backends: ['otlp', 'prometheus', 'file'], queues: 3 },
])('$backends has $queues queues', ({ backends, queues }) => {
  const composed = composeCollector({ backends }, readConfigFile);
  if (!composed.ok) throw new Error(composed.problems.join('; '));
  expect(countQueues(composed.composition)).toBe(queues);
});

test('too little room is told with what to do, enough is not', () => {
  const room = { queues: 3, queueBytes: 1024 ** 3, freeBytes: 2 * 1024 ** 3 };
  expect(describeQueueRoom(room)).toContain(
    'may take 3.0 GiB, and their disk has 2.0 GiB: give it room, or set TOKENMETER_QUEUE_BYTES',
  );
  expect(describeQueueRoom({ ...room, freeBytes: 3 * 1024 ** 3 })).toBeUndefined();
});
