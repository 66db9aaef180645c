/** Total of the embedded server's minutes, in USD. */
export async function readServerUsd(url: string): Promise<number> {
  const answer = await fetch(`${url}/api/v1/sql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', origin: url },
    body: JSON.stringify({ sql: 'SELECT sum(cost_pico_usd)::DOUBLE / 1e12 AS usd FROM usage_1m' }),
  });
  const body: unknown = await answer.json();
  const rows: unknown = Reflect.get(Object(body), 'rows');
  const first: unknown = Array.isArray(rows) ? rows[0] : undefined;
  const value: unknown = Array.isArray(first) ? first[0] : Reflect.get(Object(first), 'usd');
  return Number(value ?? 0);
}

/** Sum of the latest values of all series in Prometheus, in USD: right as long as every process counts under its own id. */
export async function readPrometheusUsd(url: string): Promise<number> {
  const query = 'sum(last_over_time(tokenmeter_cost_USD_total[1d]))';
  const answer = await fetch(`${url}/api/v1/query?query=${encodeURIComponent(query)}`);
  const body: unknown = await answer.json();
  const result: unknown = Reflect.get(Object(Reflect.get(Object(body), 'data')), 'result');
  const first: unknown = Array.isArray(result) ? result[0] : undefined;
  const value: unknown = Reflect.get(Object(first), 'value');
  return Array.isArray(value) ? Number(value[1]) : 0;
}

/** True when two totals differ by nothing but the last bits of a double. */
export function isSameUsd(one: number, two: number): boolean {
  return Math.abs(one - two) <= 1e-9 * Math.max(1, Math.abs(one));
}
