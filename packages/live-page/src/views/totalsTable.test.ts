import type { LiveTotal } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { BACKEND_TABLES } from "./backendTables.ts";
import { fillTable } from "./totalsTable.ts";

const totalsOf = (...totals: LiveTotal[]) =>
  new Map<string, LiveTotal>(totals.map((total, index) => [String(index), total]));

const requests = (route: string, status: string, value: number): LiveTotal => ({
  metric: "http_requests_total",
  labels: { method: "GET", route, status },
  value,
});

/** The tables, with the texts of their cells. */
const filled = (...totals: LiveTotal[]) =>
  BACKEND_TABLES.map((spec) => fillTable(spec, totalsOf(...totals)))
    .filter((table) => table !== undefined)
    .map((table) => ({
      ...table,
      rows: table.rows.map(({ heads, cells }) => ({ heads, cells: cells.map(({ text }) => text) })),
    }));

test("without a backend there is no table", () => {
  expect(filled({ metric: "rum_page_views_total", labels: { route: "/" }, value: 3 })).toEqual([]);
});

test("requests have a column for each status that occurred, and the mean of their durations", () => {
  const duration = (route: string, value: number, sum: number): LiveTotal => ({
    metric: "http_request_duration_seconds",
    labels: { method: "GET", route },
    value,
    sum,
  });
  const [table, ...others] = filled(
    requests("/cart", "2xx", 5),
    requests("/api/:id", "5xx", 2),
    requests("/api/:id", "2xx", 98),
    duration("/api/:id", 100, 1.2),
    duration("/cart", 5, 10),
  );
  expect(others).toEqual([]);
  expect(table).toMatchObject({
    heads: ["Method", "Route"],
    columns: ["Requests", "2xx", "5xx", "Mean duration"],
    rows: [
      { heads: ["GET", "/api/:id"], cells: ["100", "98", "2", "12 ms"] },
      { heads: ["GET", "/cart"], cells: ["5", "5", "–", "2 s"] },
    ],
  });
});

test("the names of OpenTelemetry make the same table", () => {
  const answered = (status: string, value: number, sum: number): LiveTotal => ({
    metric: "http_server_request_duration_seconds",
    labels: {
      http_request_method: "POST",
      url_scheme: "http",
      http_route: "/pay",
      http_response_status_code: status,
    },
    value,
    sum,
  });
  const [table] = filled(answered("200", 3, 0.3), answered("503", 1, 0.1));
  expect(table).toMatchObject({
    columns: ["Requests", "200", "503", "Mean duration"],
    rows: [{ heads: ["POST", "/pay"], cells: ["4", "3", "1", "100 ms"] }],
  });
});

test("jobs, queues, caches, streams and the database have a table each, if there are any", () => {
  const one = (metric: string, labels: Record<string, string>, sum?: number): LiveTotal => ({
    metric,
    labels,
    value: 2,
    ...(sum !== undefined && { sum }),
  });
  const titles = filled(
    one("job_duration_seconds", { job_name: "mail", outcome: "success" }, 1),
    one("queue_depth", { queue: "mails" }),
    one("cache_operations_total", { cache: "products", operation: "get", outcome: "hit" }),
    one("streams_started_total", { stream: "chat", route: "/chat", model: "small" }),
    one("database_query_duration_seconds", { operation: "select", table: "orders" }, 0.1),
  ).map(({ title }) => title);
  expect(titles).toEqual(["Jobs", "Queues", "Caches", "Streams", "Database"]);
});

test("of very many rows the first hundred are shown, with the number of the others", () => {
  const [table] = filled(...Array.from({ length: 150 }, (_, index) => requests(`/r${index}`, "2xx", index)));
  expect(table?.rows).toHaveLength(100);
  expect([table?.rows[0]?.heads[1], table?.more]).toEqual(["/r149", 50]);
});

test("each number has the labels of what it counts", () => {
  const table = fillTable(BACKEND_TABLES[0]!, totalsOf(requests("/cart", "5xx", 2)));
  expect(table!.rows[0]!.cells.map(({ labels }) => labels)).toEqual([
    { method: "GET", route: "/cart" },
    { method: "GET", route: "/cart", status: "5xx" },
  ]);
  expect(table!.labels).toEqual(["method", "route"]);
});
