import { defineCatalog } from "@rumkit/protocol";
import { Hono } from "hono";
import { afterEach, beforeEach, expect, test } from "vitest";
import { changes, type Scrape, scrape } from "../../../../test/scrape.ts";
import { type Collector, createCollector } from "../createCollector.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });

let collector: Collector<typeof catalog>;
let before: Scrape;
const app = () => {
  const hono = new Hono();
  hono.use(collector.httpMetrics());
  return hono.route("/", collector.app);
};

beforeEach(async () => {
  collector = createCollector({ catalog, runtimeMetrics: false });
  before = await scrape(collector.app);
});
afterEach(() => collector.stop());

const counted = async (): Promise<object> =>
  changes(before, await scrape(collector.app), /^http_requests_total/);

test("requests count by method, route pattern and status", async () => {
  const shop = app().get("/product/:id", (c) => c.text("ok"));
  await shop.request("/product/1");
  await shop.request("/product/2");
  expect(await counted()).toEqual({
    'http_requests_total{method="GET",route="/product/:id",status_code="200"}': 2,
  });
  expect(
    (await scrape(collector.app)).get(
      'http_request_duration_seconds_count{method="GET",route="/product/:id"}',
    ),
  ).toBe(2);
});

test("a handler that throws counts as 500", async () => {
  const shop = app().get("/fail", () => {
    throw new Error("broken");
  });
  shop.onError((_error, c) => c.text("sorry", 500));
  await shop.request("/fail");
  expect(await counted()).toEqual({ 'http_requests_total{method="GET",route="/fail",status_code="500"}': 1 });
});

test("what is thrown and no Error counts as 500 too", async () => {
  const shop = app().get("/fail", () => {
    // oxlint-disable-next-line typescript/only-throw-error -- Apps do.
    throw "broken";
  });
  await expect(shop.request("/fail")).rejects.toBe("broken");
  expect(await counted()).toEqual({ 'http_requests_total{method="GET",route="/fail",status_code="500"}': 1 });
});

test("an early answer counts for the endpoint that it was for", async () => {
  const shop = app();
  shop.use("/admin/*", async (c) => c.text("no", 401));
  shop.get("/admin/users/:id", (c) => c.text("ok"));
  await shop.request("/admin/users/1");
  expect(await counted()).toEqual({
    'http_requests_total{method="GET",route="/admin/users/:id",status_code="401"}': 1,
  });
});

test("a page for every other path takes no request from the routes before it", async () => {
  const shop = app()
    .get("/product/:id", (c) => c.text("ok"))
    .get("*", (c) => c.text("page"));
  await shop.request("/product/1");
  await shop.request("/anything");
  expect(await counted()).toEqual({
    'http_requests_total{method="GET",route="/product/:id",status_code="200"}': 1,
    'http_requests_total{method="GET",route="/*",status_code="200"}': 1,
  });
});

test("a handler that passes on does not give its name to the one that answers", async () => {
  const shop = app()
    .get("*", (_c, next) => next())
    .get("/product/:id", (c) => c.text("ok"));
  await shop.request("/product/1");
  expect(await counted()).toEqual({
    'http_requests_total{method="GET",route="/product/:id",status_code="200"}': 1,
  });
});

test("paths of a scanner are one series, and so are methods that it invents", async () => {
  const shop = app();
  for (let index = 0; index < 100; index += 1) await shop.request(`/wp-${index}.php`);
  await shop.request("/x", { method: "BREW" });
  expect(await counted()).toEqual({
    'http_requests_total{method="GET",route="unmatched",status_code="404"}': 100,
    'http_requests_total{method="_OTHER",route="unmatched",status_code="404"}': 1,
  });
});

test("the collector's own routes are left out", async () => {
  const shop = app();
  await shop.request("/metrics");
  await shop.request("/collect", { method: "POST", body: "x" });
  expect(await counted()).toEqual({});
});

test("a stream of events has a count and no duration, and nothing stays in flight", async () => {
  const shop = app().get("/events", (c) =>
    c.body("data: x\n\n", 200, { "content-type": "text/event-stream" }),
  );
  await shop.request("/events");
  const totals = await scrape(collector.app);
  expect(totals.get('http_requests_total{method="GET",route="/events",status_code="200"}')).toBe(1);
  expect(totals.has('http_request_duration_seconds_count{method="GET",route="/events"}')).toBe(false);
  expect(totals.get("http_requests_in_flight")).toBe(0);
});
