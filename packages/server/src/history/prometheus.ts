import { currencyExponent, type LiveHistory } from "@rumkit/protocol";
import type { Column } from "./column.ts";
import type { Steps } from "./readHistory.ts";

/** Milliseconds that an answer of Prometheus may take: the patience of a person (Nielsen, Response Times, 1993). */
const TIMEOUT_MS = 10_000;

/** Maximum bytes of an answer: 2,000 points of a series take about 60 kB. */
const MAX_ANSWER_BYTES = 2_097_152;

/** Maximum concurrent queries of all viewers. */
const MAX_QUERIES = 12;

export type HistoryFault = NonNullable<LiveHistory["fault"]>;

/** Queries a Prometheus for named figures. A viewer can choose neither the query nor the URL. */
export interface Prometheus {
  /** Returns the values of a column. Rejects with a `PrometheusError`. */
  read(column: Column, steps: Steps): Promise<(number | null)[]>;
}

export class PrometheusError extends Error {
  readonly code: HistoryFault["code"];

  constructor(code: HistoryFault["code"], message: string, cause?: unknown) {
    super(message, { cause });
    this.name = "PrometheusError";
    this.code = code;
  }
}

/** True for an address that `prometheusUrl` may be. */
export function isPrometheusUrl(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url !== undefined && /^https?:$/.test(url.protocol) && url.search === "" && url.hash === "";
}

/** Reads an address. Throws a TypeError that does not repeat it, because it may contain a password. */
function readPrometheusUrl(text: string): { readonly base: string; readonly authorization?: string } {
  if (!isPrometheusUrl(text))
    throw new TypeError(
      "[rumkit] prometheusUrl is not the address of a Prometheus. Write it as http://prometheus:9090, without a query.",
    );
  const url = new URL(text);
  const { username, password } = url;
  url.username = "";
  url.password = "";
  const base = url.href.replace(/\/+$/, "");
  if (username === "") return { base };
  const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { base, authorization: `Basic ${Buffer.from(credentials).toString("base64")}` };
}

/** @param timeoutMs Milliseconds until Prometheus must have answered. */
export function createPrometheus(address: string, timeoutMs = TIMEOUT_MS): Prometheus {
  const { base, authorization } = readPrometheusUrl(address);
  let waiting = 0;
  const ask = async (query: string, { from, to, step }: Steps): Promise<unknown> => {
    // A range of PromQL ends at the queried time, so each step is queried at its end.
    const body = new URLSearchParams({
      query,
      start: String(from + step),
      end: String(to),
      step: String(step),
    });
    const headers = { ...(authorization !== undefined && { authorization }) };
    const response = await fetch(`${base}/api/v1/query_range`, {
      method: "POST",
      body,
      headers,
      // A redirect would query a URL that the operator has not configured.
      redirect: "error",
      signal: AbortSignal.timeout(timeoutMs),
    });
    return readAnswer(response);
  };
  return {
    read: async (column, steps) => {
      if (waiting >= MAX_QUERIES)
        throw new PrometheusError("prometheus_unreachable", "Too many queries wait for Prometheus.");
      waiting += 1;
      try {
        const answer = await ask(column.promql(`${steps.step}s`), steps);
        return valuesOf(answer, steps, column);
      } catch (error) {
        if (error instanceof PrometheusError) throw error;
        throw new PrometheusError("prometheus_unreachable", reasonOf(error), error);
      } finally {
        waiting -= 1;
      }
    },
  };
}

function reasonOf(error: unknown): string {
  const isLate = error instanceof Error && error.name === "TimeoutError";
  return isLate
    ? `Prometheus did not answer within ${TIMEOUT_MS / 1000} s.`
    : "Prometheus cannot be reached.";
}

/** Reads an answer up to its limit. */
async function readAnswer(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES)
      throw new PrometheusError("prometheus_too_large", "The answer of Prometheus is too large.");
    chunks.push(chunk);
  }
  if (!response.ok)
    throw new PrometheusError("prometheus_refused", `Prometheus answered with ${response.status}.`);
  return JSON.parse(Buffer.concat(chunks).toString()) as unknown;
}

/** Turns a value in base units, as Prometheus has it, into one of the column. */
function fromBaseUnits(value: number, { unit, currency = "" }: Column): number {
  // Prometheus extrapolates an increase, and has binary fractions: money is a whole number again.
  if (unit === "money") return Math.round(value * 10 ** currencyExponent(currency));
  return unit === "milliseconds" ? value * 1_000 : value;
}

interface Answer {
  readonly status?: unknown;
  readonly data?: { readonly result?: readonly { readonly values?: readonly [number, string][] }[] };
}

/** Reads the one series of an answer. */
function valuesOf(answer: unknown, { from, to, step }: Steps, column: Column): (number | null)[] {
  const { status, data } = (answer ?? {}) as Answer;
  if (status !== "success") throw new PrometheusError("prometheus_refused", "Prometheus refused the query.");
  const values = Array.from<number | null>({ length: Math.ceil((to - from) / step) }).fill(null);
  for (const [at, text] of data?.result?.[0]?.values ?? []) {
    const index = Math.round((at - step - from) / step);
    const value = fromBaseUnits(Number(text), column);
    if (index >= 0 && index < values.length && Number.isFinite(value)) values[index] = value;
  }
  return values;
}
