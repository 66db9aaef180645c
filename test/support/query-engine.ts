/** One series of an instant query. */
export interface QueryResult {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** Asks any engine that speaks Prometheus' API. Throws what it says of a query that it refuses. */
export async function queryEngine(
  url: string,
  expr: string,
  epochSeconds: number = Date.now() / 1000,
): Promise<readonly QueryResult[]> {
  const response = await fetch(`${url}/api/v1/query`, {
    method: 'POST',
    // VictoriaMetrics would move the time without `nocache`.
    body: new URLSearchParams({ query: expr, time: String(epochSeconds), nocache: '1' }),
  });
  const body: unknown = await response.json();
  const data: unknown = Reflect.get(Object(body), 'data');
  const result: unknown = Reflect.get(Object(data), 'result');
  if (!response.ok || !Array.isArray(result)) throw new Error(`${JSON.stringify(body)}: ${expr}`);
  return result.map((series: unknown) => ({
    metric: Reflect.get(Object(series), 'metric'),
    value: Number(Reflect.get(Object(Reflect.get(Object(series), 'value')), '1')),
  }));
}

/** The value of an instant query with one result; undefined when there is none yet. */
export async function queryNumber(
  { url }: { readonly url: string },
  expr: string,
): Promise<number | undefined> {
  return (await queryEngine(url, expr))[0]?.value;
}
