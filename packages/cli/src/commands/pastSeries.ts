import { escapeText, isObject, reasonOf } from "@rumkit/server/internal/base";
import type { PastSeries } from "@rumkit/server/internal/replay";
import { urlWithoutSecrets } from "./arguments.ts";

/** Points of a series in one answer: Prometheus allows 11,000. */
const MAX_POINTS = 10_000;

/** Milliseconds that one answer may take. */
const TIMEOUT_MS = 60_000;

export interface PastQuery {
  /** The address of a Prometheus, with user and password if it asks for them. */
  readonly url: URL;
  /** Names of series. */
  readonly names: readonly string[];
  readonly from: number;
  readonly to: number;
  readonly stepMs: number;
  /** The app whose collectors are read: those with an `app_info` of it. */
  readonly app: string;
}

/** Reads series of the past from a Prometheus. Throws an `Error` that says what to do. */
export async function readPastSeries({
  url,
  names,
  from,
  to,
  stepMs,
  app,
}: PastQuery): Promise<PastSeries[]> {
  const found = new Map<
    string,
    { name: string; labels: Record<string, string>; samples: [number, number][] }
  >();
  for (const name of names) {
    // Of the targets of this app alone: another one may have metrics of the same names.
    const query = `{__name__=${JSON.stringify(name)}} and on (job, instance) app_info{app=${JSON.stringify(app)}}`;
    for (let start = from; start <= to; start += MAX_POINTS * stepMs) {
      const end = Math.min(to, start + (MAX_POINTS - 1) * stepMs);
      for (const { metric, values } of await queryRange(url, query, start, end, stepMs)) {
        const { __name__: _, ...labels } = metric;
        const key = JSON.stringify([name, Object.entries(labels).toSorted(([a], [b]) => (a < b ? -1 : 1))]);
        const series = found.get(key) ?? { name, labels, samples: [] };
        found.set(key, series);
        for (const [seconds, value] of values) series.samples.push([seconds * 1_000, Number(value)]);
      }
    }
  }
  return [...found.values()];
}

interface RangeSeries {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [seconds: number, value: string])[];
}

async function queryRange(
  { origin, pathname, username, password }: URL,
  query: string,
  from: number,
  to: number,
  stepMs: number,
): Promise<readonly RangeSeries[]> {
  const address = `${origin}${pathname.replace(/\/+$/, "")}/api/v1/query_range`;
  const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
  const response = await fetch(address, {
    method: "POST",
    headers: username === "" ? {} : { authorization: `Basic ${credentials.toString("base64")}` },
    body: new URLSearchParams({
      query,
      start: String(from / 1_000),
      end: String(to / 1_000),
      step: String(stepMs / 1_000),
    }),
    redirect: "manual",
    signal: AbortSignal.timeout(TIMEOUT_MS),
  }).catch((cause: unknown) => {
    throw new Error(
      `[rumkit] ${urlWithoutSecrets(address)} does not answer: ${escapeText(reasonOf(cause))}.`,
      {
        cause,
      },
    );
  });
  const answer: unknown = await response.json().catch(() => undefined);
  const data = isObject(answer) && answer["status"] === "success" ? answer["data"] : undefined;
  if (isObject(data) && Array.isArray(data["result"])) return data["result"] as RangeSeries[];
  const reason =
    isObject(answer) && typeof answer["error"] === "string" ? answer["error"] : "Is it a Prometheus?";
  throw new Error(`[rumkit] ${address} answers ${response.status}. ${escapeText(reason).slice(0, 300)}`);
}
