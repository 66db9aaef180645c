import { spawn } from 'node:child_process';

/** Waits for the end of a pipe that nobody writes to, which is the end of the process that holds it. */
const WATCH = 'read -r _; kill -TERM "$1"';

/**
 * Sends SIGTERM to a process of ours once this one has ended without doing so, be it by `kill -9`: a shell of its own group
 * waits for that. Returns what calls it off. On Windows, which has no such shell, it does nothing. Never throws.
 */
export function endWithUs(pid: number): () => void {
  if (process.platform === 'win32') return () => {};
  const watch = spawn('/bin/sh', ['-c', WATCH, 'sh', String(pid)], {
    env: {},
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a shell nothing watches, as on Windows.
  watch.on('error', () => {});
  watch.stdin.on('error', () => {});
  return () => {
    watch.kill('SIGKILL');
  };
}
