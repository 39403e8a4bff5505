import { Hono } from "hono";
import { CHAT_ROUTE } from "../completion.ts";
import { invalid, refuse } from "../refusal.ts";
import { noSuchModel } from "../readJson.ts";
import { toCsv } from "./csv.ts";
import { type HealthOptions, judgeHealth } from "./health.ts";
import { type ModelReport, reportCosts, reportModels } from "./modelReport.ts";
import { type Readings, readMetrics } from "./readings.ts";

/** The numbers that models are ranked by: the first of a ranking is the best. A model without a value is last. */
const RANKINGS: Readonly<Record<string, (report: ModelReport) => number>> = {
  cost: ({ cost_usd: cost }) => Number(cost),
  tokens: ({ tokens }) => -(tokens.prompt + tokens.cached + tokens.completion),
  first_token: ({ first_token_ms: spread }) => spread?.p50 ?? Infinity,
  speed: ({ tokens_per_second: spread }) => -(spread?.p50 ?? 0),
  cache: ({ cache }) => -(cache.hit_rate ?? 0),
};

/** Creates the exports for people and programs that read neither Prometheus' format nor a WebSocket. */
export function createReports(options: HealthOptions): Hono {
  const { collector } = options;
  const read = (): Promise<Readings> => readMetrics(collector);
  const reports = new Hono();

  reports.get("/metrics/json", async (c) => c.json(snapshot(await read())));
  reports.get("/metrics/csv", async (c) => {
    const csv = toCsv(reportModels(await read()));
    return c.body(csv, 200, { "content-type": "text/csv; charset=utf-8; header=present" });
  });
  reports.get("/metrics/by-model", async (c) => c.json({ models: reportModels(await read()) }));
  reports.get("/metrics/costs", async (c) => c.json(reportCosts(await read())));

  reports.get("/metrics/compare", async (c) => {
    const names = (c.req.query("models") ?? "").split(",").filter((name) => name !== "");
    if (names.length < 2) return refuse(c, invalid("models", "Name two models: ?models=gpt-4,gpt-4o."));
    const all = reportModels(await read());
    const unknown = names.find((name) => !all.some(({ model }) => model === name));
    if (unknown !== undefined) return refuse(c, noSuchModel(unknown));
    return c.json({ models: all.filter(({ model }) => names.includes(model)) });
  });

  reports.get("/metrics/ranking", async (c) => {
    const by = c.req.query("by") ?? "cost";
    const rank = Object.hasOwn(RANKINGS, by) ? RANKINGS[by] : undefined;
    if (!rank) return refuse(c, invalid("by", `\`by\` is one of ${Object.keys(RANKINGS).join(", ")}.`));
    const models = reportModels(await read()).toSorted((a, b) =>
      rank(a) < rank(b) ? -1 : Number(rank(a) > rank(b)),
    );
    return c.json({ by, models });
  });

  reports.get("/health/detailed", async (c) => {
    const health = await judgeHealth(options);
    return c.json(health, health.status === "unhealthy" ? 503 : 200);
  });
  return reports;
}

/** Everything since the start, by endpoint and by model. */
function snapshot(readings: Readings): object {
  const { sum, valuesOf } = readings;
  const endpoints = valuesOf("http_requests_total", "route").map((route) => {
    const statuses = valuesOf("http_requests_total", "status")
      .map((status): [string, number] => [status, sum("http_requests_total", { route, status })])
      .filter(([, count]) => count > 0);
    const duration = readings.histogram("http_request_duration_seconds", { route });
    return {
      endpoint: route,
      requests: sum("http_requests_total", { route }),
      by_status: Object.fromEntries(statuses),
      p50_ms: duration ? Math.round(duration.quantile(0.5) * 1_000) : null,
      p99_ms: duration ? Math.round(duration.quantile(0.99) * 1_000) : null,
    };
  });
  return {
    timestamp: Date.now() / 1_000,
    endpoints,
    streaming: {
      active: sum("streams_active"),
      completed: sum("stream_duration_seconds_count", { outcome: "done" }),
      failed: sum("stream_duration_seconds_count", { outcome: "error" }),
      canceled: sum("stream_duration_seconds_count", { outcome: "canceled" }),
    },
    cache: {
      lookups: sum("cache_operations_total", { route: CHAT_ROUTE, operation: "get" }),
      hits: sum("cache_operations_total", { route: CHAT_ROUTE, operation: "get", outcome: "hit" }),
      tokens: sum("cache_tokens_total"),
      tokens_reused: sum("cache_tokens_reused_total"),
    },
    queue_depth: sum("queue_depth"),
    models: reportModels(readings),
  };
}
