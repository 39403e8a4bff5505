import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { defineCatalog, type LiveHistory, type LiveSnapshot } from "@rumkit/protocol";
import { describe, expect, onTestFinished, test } from "vitest";
import { startPrometheus } from "../../../../test/support/prometheus.ts";
import { createCollector } from "../collector/createCollector.ts";
import type { Column } from "./column.ts";
import { createPrometheus } from "./prometheus.ts";

/** Serves on a free port of this machine. */
async function listen(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  actions: { search: { help: "Searches." } },
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } } },
  measurements: { load: { help: "Loads.", unit: "bytes", buckets: [1_000, 1_000_000] } },
  endpoints: ["/api/cart"],
});

test("a real Prometheus answers the query of every figure, and has what the backend counted", async () => {
  const early = createCollector({ catalog, runtimeMetrics: false });
  const collected = await listen((request, response) => early.nodeListener()(request, response));
  const prometheus = await startPrometheus(collected);
  onTestFinished(() => prometheus.stop());
  onTestFinished(() => early.stop());

  // The same app, asked by a collector that has started only now.
  const late = createCollector({ catalog, runtimeMetrics: false, prometheusUrl: prometheus.address });
  onTestFinished(() => late.stop());
  await expect
    .poll(async () => prometheus.query('revenue_total{currency="USD"}'))
    .toMatchObject([{ value: 0 }]);
  const sell = (): Promise<unknown> => early.trackConversion("purchase", { value: 19.99, currency: "USD" });
  await sell();
  const reader = (await late.app.request("/realtime/metrics")).body!.getReader();
  let text = "";
  while (!/data: .*\n\n/.test(text)) text += new TextDecoder().decode((await reader.read()).value);
  await reader.cancel();
  const { figures } = JSON.parse(text.split("data: ")[1]!) as LiveSnapshot;

  const ask = async (names: readonly string[]): Promise<LiveHistory> => {
    const from = Math.floor(Date.now() / 1000) - 3_600;
    const response = await late.app.request(`/realtime/history?metrics=${names.join(",")}&from=${from}`);
    return (await response.json()) as LiveHistory;
  };
  const names = figures.map(({ name }) => name);
  for (let index = 0; index < names.length; index += 12) {
    const answer = await ask(names.slice(index, index + 12));
    expect([answer.source, answer.fault]).toEqual(["prometheus", undefined]);
  }
  // What people copy is accepted, too.
  for (const { query } of figures) await prometheus.query(query);
  const total = async (): Promise<number> => {
    const { figures: asked } = await ask(["revenue_today_usd"]);
    return (asked[0]?.values ?? []).reduce<number>((sum, value) => sum + (value ?? 0), 0);
  };
  // Prometheus extrapolates an increase to the ends of its range, by less than half a minute's share.
  // An increase between the last sample of a minute and the first of the next is in neither: sell again.
  const sellAgain = async (): Promise<number> => {
    await sell();
    return total();
  };
  await expect.poll(sellAgain, { interval: 1_000 }).toBeGreaterThan(1_900);
});

const column: Column = {
  name: "views",
  unit: "count",
  merge: "sum",
  between: () => null,
  promql: (range) => `sum(increase(views_total[${range}]))`,
};
const STEPS = { from: 6_000, to: 6_180, step: 60 };

describe("of the answers of Prometheus", () => {
  test("each value is that of the step that ends with it, and money is in minor units", async () => {
    const seen: string[] = [];
    const address = await listen((request, response) => {
      seen.push(`${request.method} ${request.url} ${request.headers.authorization}`);
      request.on("data", (chunk: Buffer) => seen.push(chunk.toString()));
      request.on("end", () => {
        const values = [
          [6_060, "1.5"],
          [6_180, "NaN"],
          [6_120, "19.99"],
        ];
        response.end(JSON.stringify({ status: "success", data: { result: [{ values }] } }));
      });
    });
    const prometheus = createPrometheus(`${address.replace("://", "://me:p%40ss@")}/prom/`);
    const money = { ...column, unit: "money", currency: "USD" } as const;
    expect(await prometheus.read(money, STEPS)).toEqual([150, 1999, null]);
    expect(seen[0]).toBe(`POST /prom/api/v1/query_range Basic ${btoa("me:p@ss")}`);
    expect(Object.fromEntries(new URLSearchParams(seen[1]))).toEqual({
      query: "sum(increase(views_total[60s]))",
      start: "6060",
      end: "6180",
      step: "60",
    });
  });

  test.each<[name: string, answer: RequestListener, code: string]>([
    ["a refusal", (_, response) => response.writeHead(422).end("{}"), "prometheus_refused"],
    ["an error", (_, response) => response.end('{"status":"error"}'), "prometheus_refused"],
    ["no JSON", (_, response) => response.end("<html>"), "prometheus_unreachable"],
    ["too much", (_, response) => response.end("x".repeat(3_000_000)), "prometheus_too_large"],
    ["silence", () => {}, "prometheus_unreachable"],
    [
      "a way elsewhere",
      (_, response) => response.writeHead(302, { location: "http://127.0.0.1:1/" }).end(),
      "prometheus_unreachable",
    ],
  ])("%s is a fault, and not an answer", async (name, answer, code) => {
    const origin = await listen(answer);
    // Only silence is waited for: a busy machine may take long for the others.
    const prometheus = name === "silence" ? createPrometheus(origin, 300) : createPrometheus(origin);
    await expect(prometheus.read(column, STEPS)).rejects.toMatchObject({ code });
  });
});

test("without an answer the collector gives what it has itself, and says why", async () => {
  const collector = createCollector({ catalog, runtimeMetrics: false, prometheusUrl: "http://127.0.0.1:1" });
  onTestFinished(() => collector.stop());
  const from = Math.floor(Date.now() / 1000) - 3_600;
  const response = await collector.app.request(`/realtime/history?metrics=errors&from=${from}`);
  expect([response.status, await response.json()]).toEqual([
    200,
    expect.objectContaining({
      source: "collector",
      fault: { code: "prometheus_unreachable", message: "Prometheus cannot be reached." },
    }),
  ]);
});

test.each([
  "prometheus:9090",
  "ftp://prometheus",
  "http://prometheus?query=up",
  "http://me:secret@prometheus#a",
])("the address %s is refused, without repeating it", (prometheusUrl) => {
  const create = (): unknown => createCollector({ catalog, runtimeMetrics: false, prometheusUrl });
  expect(create).toThrow(/prometheusUrl is not the address of a Prometheus/);
  expect(create).not.toThrow(/secret/);
});
