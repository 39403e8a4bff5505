/** The HTTP API of Prometheus, which VictoriaMetrics answers as well. */

/** One series of an instant query. */
export interface Result {
  readonly labels: Record<string, string>;
  readonly value: number;
}

/** One stored sample: its time in Unix seconds, and its value. */
export type Sample = readonly [at: number, value: string];

export interface QueryApi {
  /** The address of the HTTP API: `http://127.0.0.1:9090`. */
  readonly address: string;
  /** Evaluates an expression, now or at a time in Unix seconds. */
  query(expression: string, at?: number): Promise<Result[]>;
  /** The answer of the HTTP API below `/api/v1/`. */
  ask(path: string): Promise<unknown>;
}

export function openQueryApi(address: string): QueryApi {
  return {
    address,
    query: (expression, at) => query(address, expression, at),
    ask: async (path) => (await fetch(`${address}/api/v1/${path}`)).json(),
  };
}

async function query(address: string, expression: string, at: number | undefined): Promise<Result[]> {
  const asked = new URLSearchParams({ query: expression, ...(at !== undefined && { time: String(at) }) });
  const response = await fetch(`${address}/api/v1/query?${asked}`);
  const answer = (await response.json()) as {
    error?: string;
    data?: { result: { metric: Record<string, string>; value: [number, string] }[] };
  };
  if (!answer.data) throw new Error(`${address} refuses "${expression}": ${answer.error}`);
  return answer.data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

/** The samples of the one series that a selector names, of the last hour, oldest first. */
export async function samplesOf({ ask }: QueryApi, selector: string): Promise<readonly Sample[]> {
  const answer = (await ask(`query?query=${encodeURIComponent(`${selector}[1h]`)}`)) as {
    data: { result: { values: readonly Sample[] }[] };
  };
  return answer.data.result[0]?.values ?? [];
}
