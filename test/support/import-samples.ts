import { queryEngine } from './query-engine.ts';

/** Longest wait for imported samples to be found, in milliseconds. */
const DEADLINE_MS = 180_000;

/** Imports JSON lines into a VictoriaMetrics, and waits until queries find every sample. */
export async function importLines(url: string, lines: readonly string[]): Promise<void> {
  await post(`${url}/api/v1/import`, lines.join('\n'));
  const wanted = lines.reduce((sum, line) => sum + JSON.parse(line).values.length, 0);
  await untilSearchable(url, wanted);
}

/** Imports OpenMetrics text, whose times are seconds, into a VictoriaMetrics, which wants milliseconds; waits likewise. */
export async function importOpenMetrics(url: string, text: string): Promise<void> {
  const before = await sampleCount(url);
  const lines = text
    .split('\n')
    .filter((line) => line !== '' && !line.startsWith('#'))
    .map((line) => {
      const at = line.lastIndexOf(' ');
      return `${line.slice(0, at)} ${Math.round(Number(line.slice(at + 1)) * 1000)}`;
    });
  await post(`${url}/api/v1/import/prometheus`, lines.join('\n'));
  await untilSearchable(url, before + lines.length);
}

async function post(url: string, body: string): Promise<void> {
  const answer = await fetch(url, { method: 'POST', body });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${answer.status} ${text.slice(0, 200)}`);
}

/** New series are not searchable for some seconds. */
async function untilSearchable(url: string, wanted: number): Promise<void> {
  const deadline = performance.now() + DEADLINE_MS;
  for (;;) {
    const found = await sampleCount(url);
    if (found >= wanted) return;
    if (performance.now() > deadline) throw new Error(`found ${found} of ${wanted} samples`);
  }
}

async function sampleCount(url: string): Promise<number> {
  await fetch(`${url}/internal/force_flush`);
  await fetch(`${url}/internal/resetRollupResultCache`);
  const [sum] = await queryEngine(url, 'sum(count_over_time({__name__!=""}[99d]))');
  return sum?.value ?? 0;
}
