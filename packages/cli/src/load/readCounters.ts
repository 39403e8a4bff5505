import { escapeText, reasonOf } from "@rumkit/server/internal/base";
import { INSTANCE_HEADER } from "@rumkit/server/internal/metrics";
import { type Family, OUTCOMES } from "./families.ts";
import { readText } from "./readText.ts";

/** The samples of a collector that a load test compares. */
export interface Counters {
  /** Another one after each start of the collector. */
  readonly instance: string;
  /** The sum over all series with this name. */
  total(name: string): number;
  /** The sums by the value of a label. */
  by(name: string, label: string): ReadonlyMap<string, number>;
}

export interface MetricsSource {
  /** The address of the exposition: `http://127.0.0.1:4000/metrics`. */
  readonly url: string;
  /** Empty for none. */
  readonly token: string;
  readonly fetch: typeof fetch;
}

const PROCESS_START = "process_start_time_seconds";

/** Milliseconds for a scrape, and the most bytes of one. */
const TIMEOUT_MS = 10_000;
const MOST_BYTES = 64 * 1024 * 1024;

/** Scrapes a collector. Throws an Error that says what to do. */
export async function readCounters(source: MetricsSource, families: readonly Family[]): Promise<Counters> {
  const { token } = source;
  const url = new URL(source.url);
  for (const name of [
    PROCESS_START,
    ...Object.values(OUTCOMES),
    ...families.flatMap(({ samples }) => samples),
  ])
    url.searchParams.append("name[]", name.replace(/_count$/, ""));
  const { status, text, instance } = await source
    .fetch(url, {
      headers: { accept: "text/plain", ...(token !== "" && { authorization: `Bearer ${token}` }) },
      // A redirect could take the token to another host.
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
    })
    .then(async (response) => ({
      status: response.status,
      text: await readText(response, MOST_BYTES),
      instance: response.headers.get(INSTANCE_HEADER),
    }))
    .catch((cause: unknown) => {
      throw new Error(`[rumkit] ${source.url} does not answer: ${escapeText(reasonOf(cause))}.`, { cause });
    });
  if (status !== 200) throw new Error(`[rumkit] ${source.url} answers ${status}. ${adviceFor(status)}`);
  const counters = parseCounters(text);
  // An app that renders its registry itself says only the second in which its process started.
  const started = String(counters.total(PROCESS_START));
  if (!/^rum_batches_accepted_total /m.test(text))
    throw new Error(`[rumkit] ${source.url} has no rum_batches_accepted_total. ${NOT_A_COLLECTOR}`);
  return { ...counters, instance: instance ?? started };
}

const NOT_A_COLLECTOR =
  "Is --url the address of a collector, with the path where it is mounted? --metrics-url names another address of its metrics.";

function adviceFor(status: number): string {
  if (status === 401 || status === 403) return "Use a token of scope metrics: --token-file, or RUMKIT_TOKEN.";
  return status >= 500 ? "See the collector's log." : NOT_A_COLLECTOR;
}

const SAMPLE = /^([a-zA-Z_:][\w:]*)(?:\{(.*)\})? (\S+)/;
const LABEL = /(\w+)="((?:[^"\\]|\\.)*)"/g;

/** Reads the text format of Prometheus. */
function parseCounters(text: string): Omit<Counters, "instance"> {
  const series = new Map<string, { readonly labels: string; readonly value: number }[]>();
  for (const line of text.split("\n")) {
    const [, name, labels = "", value] = SAMPLE.exec(line) ?? [];
    if (name === undefined) continue;
    const others = series.get(name);
    const sample = { labels, value: Number(value) };
    if (others) others.push(sample);
    else series.set(name, [sample]);
  }
  return {
    total: (name) => (series.get(name) ?? []).reduce((sum, { value }) => sum + value, 0),
    by: (name, label) => {
      const sums = new Map<string, number>();
      for (const { labels, value } of series.get(name) ?? []) {
        const found = [...labels.matchAll(LABEL)].find(([, key]) => key === label)?.[2] ?? "";
        sums.set(found, (sums.get(found) ?? 0) + value);
      }
      return sums;
    },
  };
}
