import type { LiveHistory } from "@rumkit/protocol";
import type { Context, Handler } from "hono";
import type { Column } from "./column.ts";
import type { History } from "./history.ts";
import { KEPT_MINUTES } from "./minutes.ts";
import { type HistoryFault, type Prometheus, PrometheusError } from "./prometheus.ts";
import { readColumn, type Steps } from "./readHistory.ts";
import { queryOf } from "../http/query.ts";

/** Maximum figures of one request: a view shows fewer. */
const MAX_FIGURES = 12;

/** Maximum steps of one request: the pixels of a wide screen. */
const MAX_STEPS = 2_000;

/** Seconds back from now: Prometheus keeps 15 days by default, and few keep more than two years. */
const MAX_AGE = 2 * 366 * 24 * 3_600;

export interface HistoryRouteOptions {
  readonly history: History;
  /** Undefined: no Prometheus is configured. */
  readonly prometheus: Prometheus | undefined;
  /** Milliseconds since 1970. */
  readonly now: () => number;
}

/** `GET /realtime/history?metrics=a,b&from=…&to=…&step=…`: figures over time, in Unix seconds. */
export function createHistoryRoute(options: HistoryRouteOptions): Handler {
  return async function history(c) {
    c.header("cache-control", "no-store");
    const request = readRequest(c, options);
    if (typeof request === "string") return c.json({ error: { code: "bad_request", message: request } }, 400);
    options.history.tick();
    return c.json(await answer(request, options));
  };
}

interface HistoryRequest {
  readonly steps: Steps;
  readonly columns: readonly Column[];
}

/** Reads the query, or returns what is wrong with it. */
function readRequest(c: Context, { history, now }: HistoryRouteOptions): HistoryRequest | string {
  const query = queryOf(c);
  const names = [...new Set((query.get("metrics") ?? "").split(",").filter((name) => name !== ""))];
  if (names.length === 0 || names.length > MAX_FIGURES)
    return `metrics: name 1 to ${MAX_FIGURES} figures, separated by commas.`;
  const columns = names.flatMap((name) => history.columns.get(name) ?? []);
  if (columns.length < names.length)
    return "metrics: a name is unknown. The live stream's figures have them.";
  const seconds = Math.floor(now() / 1000);
  const to = readSeconds(query.get("to") ?? undefined, seconds);
  const from = readSeconds(query.get("from") ?? undefined, (to ?? 0) - 3_600);
  const step = readSeconds(query.get("step") ?? undefined, 60);
  if (from === undefined || to === undefined || step === undefined)
    return "from, to and step are whole numbers of seconds.";
  if (step < 60 || step % 60 !== 0) return "step is a multiple of 60 seconds.";
  if (from >= to || to > seconds + step || from < seconds - MAX_AGE)
    return "from is before to, to not after this moment, and from at most two years ago.";
  if ((to - from) / step > MAX_STEPS) return `There are more than ${MAX_STEPS} steps. Choose a larger step.`;
  const start = Math.floor(from / 60) * 60;
  return { columns, steps: { from: start, to: start + Math.ceil((to - start) / step) * step, step } };
}

function readSeconds(text: string | undefined, otherwise: number): number | undefined {
  if (text === undefined) return otherwise;
  return /^\d{1,12}$/.test(text) ? Number(text) : undefined;
}

async function answer(
  { steps, columns }: HistoryRequest,
  options: HistoryRouteOptions,
): Promise<LiveHistory> {
  const { history } = options;
  const { marks, minutes } = history;
  const asked = await askPrometheus(steps, columns, options);
  const found =
    asked && "values" in asked ? asked.values : columns.map((column) => readColumn(minutes, column, steps));
  const isWithin = (at: number): boolean => at >= steps.from * 1000 && at < steps.to * 1000;
  return {
    ...steps,
    source: asked && "values" in asked ? "prometheus" : "collector",
    figures: columns.map(({ name }, index) => ({ name, values: found[index]! })),
    releases: marks.releases.filter(({ at }) => isWithin(at)),
    gaps: marks.gaps.filter(({ from, to }) => isWithin(from) || isWithin(to)),
    ...(asked && "fault" in asked && { fault: asked.fault }),
  };
}

/**
 * Queries Prometheus for the part that the collector lacks. Returns undefined if the collector has everything, or
 * without a Prometheus.
 */
async function askPrometheus(
  steps: Steps,
  columns: readonly Column[],
  { history, prometheus, now }: HistoryRouteOptions,
): Promise<{ values: (number | null)[][] } | { fault: HistoryFault } | undefined> {
  if (!prometheus || steps.from >= keptSince(history, now())) return undefined;
  try {
    return { values: await Promise.all(columns.map((column) => prometheus.read(column, steps))) };
  } catch (error) {
    if (!(error instanceof PrometheusError)) throw error;
    return { fault: { code: error.code, message: error.message } };
  }
}

/** Returns the Unix second of the first minute that the collector has stored. */
function keptSince({ minutes, openMinute }: History, now: number): number {
  const first = minutes.firstMinute() ?? openMinute;
  return Math.max(first * 60, Math.floor(now / 1000) - KEPT_MINUTES * 60);
}
