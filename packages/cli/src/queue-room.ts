import { access, constants, statfs } from 'node:fs/promises';
import type { CollectorComposition } from '@tokenmeter/collector-config';
import { CommandError, type Io } from './io.ts';
import { makeFolder } from './make-folder.ts';

/** What each queue may hold unless TOKENMETER_QUEUE_BYTES says otherwise. */
const DEFAULT_QUEUE_BYTES = 1_073_741_824;

function memberOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** How many queues of a composition lie on disk. */
export function countQueues({ merged }: Pick<CollectorComposition, 'merged'>): number {
  const exporters = Object.values(Object(memberOf(merged, 'exporters')));
  return exporters.filter(
    (exporter) => memberOf(memberOf(exporter, 'sending_queue'), 'storage') !== undefined,
  ).length;
}

function gibibytes(bytes: number): string {
  return `${(bytes / 1024 ** 3).toFixed(1)} GiB`;
}

/**
 * What to tell where the disk has less room than the queues may take; undefined where there is enough. A full queue makes
 * senders wait, a full disk refuses them, and what they then repeat may be counted again.
 */
export function describeQueueRoom(room: {
  readonly queues: number;
  readonly queueBytes: number;
  readonly freeBytes: number;
}): string | undefined {
  const wanted = room.queues * room.queueBytes;
  if (wanted <= room.freeBytes) return undefined;
  return `the ${room.queues} queues may take ${gibibytes(wanted)}, and their disk has ${gibibytes(room.freeBytes)}: give it room, or set TOKENMETER_QUEUE_BYTES (bytes of each); a full disk refuses senders, and what they repeat may be counted twice`;
}

async function openQueueFolder(queueFolder: string): Promise<void> {
  try {
    await makeFolder(queueFolder);
    await access(queueFolder, constants.R_OK | constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? `: ${error.code}` : '';
    throw new CommandError(`queues cannot lie in ${queueFolder}${code}`, {
      hint: 'choose another folder with TOKENMETER_QUEUE_DIR',
    });
  }
}

/**
 * Tells when the disk of a queue folder cannot hold what its queues may. Creates the folder; rejects with a `CommandError`
 * where that, or writing into it, is refused.
 */
export async function warnOfLittleRoom(
  composition: Pick<CollectorComposition, 'merged'>,
  queueFolder: string,
  io: Pick<Io, 'env' | 'stderr'>,
): Promise<void> {
  await openQueueFolder(queueFolder);
  try {
    const { bavail, bsize } = await statfs(queueFolder);
    const note = describeQueueRoom({
      queues: countQueues(composition),
      queueBytes: Number(io.env.TOKENMETER_QUEUE_BYTES || DEFAULT_QUEUE_BYTES),
      freeBytes: bavail * bsize,
    });
    if (note !== undefined) io.stderr(`note: ${note}\n`);
  } catch {
    // A disk that does not tell its room.
  }
}
