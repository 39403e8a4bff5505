import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";
import { type Catalog, webVitals } from "@rumkit/protocol";
import { expect, test } from "vitest";
import { catalog as shop } from "../../../../examples/shop/catalog.ts";
import { createCollector } from "../collector/createCollector.ts";
import { describeMetrics } from "../collector/parts.ts";
import { serveCollector } from "../collector/serveCollector.ts";
import { createCalendar } from "../history/calendar.ts";
import { createHistory } from "../history/history.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createLive } from "./createLive.ts";

const MIB = 1_048_576;
const ROUTES = [
  ...shop.routes,
  ...Array.from({ length: 200 - shop.routes.length }, (_, index) => `/section-${index}/:id`),
];
const catalog: Catalog = { ...shop, routes: ROUTES };

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

function usedMemory(): number {
  collectGarbage();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

test("the windows and eight days of the shop's figures, with 200 routes, take less than 64 MiB", () => {
  let now = Date.UTC(2027, 0, 15);
  const clock = (): number => now;
  const recorder = createRecorder(describeMetrics(catalog), clock);
  const before = usedMemory();
  const calendar = createCalendar("UTC");
  const history = createHistory({ wallNow: clock, steadyNow: clock, calendar });
  const scrub = createScrubber();
  const { feed, vitals } = createLive({ catalog, recorder, scrub, history, calendar, now: clock });
  const beat = (ms: number): void => {
    now += ms;
    history.tick();
    feed.tick();
  };
  // Every figure has a value in every minute of nine days.
  for (const column of history.columns.values())
    for (let minute = 0; minute < 9 * 24 * 60; minute += 1)
      history.minutes.set(column.name, Math.floor(now / 60_000) + minute, minute);
  // Every route has views, errors and vitals all the time, for longer than the windows reach.
  let value = 1;
  for (let second = 0; second < 1_000; second += 1) {
    for (let index = 0; index < 40; index += 1) {
      const route = ROUTES[(second * 40 + index) % ROUTES.length]!;
      value = (value * 1.37) % 60;
      recorder.record({
        metric: "rum_page_views_total",
        labels: { route, navigation: "hard", experience: "good" },
        value: 1,
      });
      for (const { metric } of Object.values(webVitals))
        recorder.record({ metric, labels: { route, navigation: "hard" }, value });
      recorder.record({ metric: "http_request_duration_highr_seconds", labels: {}, value: value / 10 });
      if (index % 10 === 0)
        recorder.record({ metric: "rum_js_errors_total", labels: { route, source: "uncaught" }, value: 1 });
    }
    beat(1_000);
  }
  const used = usedMemory() - before;
  expect(feed.snapshot().length).toBeLessThan(MIB);
  expect(vitals.read(Math.floor(now / 1000)).tables[0]!.rows).toHaveLength(100);
  expect(used).toBeLessThan(64 * MIB);
});

/** Opens streams in another thread, whose heap is separate, and reads them. */
const VIEWERS = `
  const { connect } = require("node:net");
  const { parentPort, workerData: { port } } = require("node:worker_threads");
  let opened = 0;
  const open = (address) => {
    const socket = connect(port, "127.0.0.1");
    const forwarded = "X-Forwarded-For: 10.0.0." + address;
    socket.write("GET /realtime/metrics HTTP/1.1\\r\\nHost: 127.0.0.1\\r\\n" + forwarded + "\\r\\n\\r\\n");
    socket.once("data", () => parentPort.postMessage((opened += 1)));
    socket.resume();
  };
  parentPort.on("message", (count) => {
    for (let index = 0; index < count; index += 1) open(index % 20);
  });
`;

test("an idle viewer takes at most 12 kB", async () => {
  const collector = createCollector({
    catalog: shop,
    runtimeMetrics: false,
    trustedProxies: ["127.0.0.1/32"],
  });
  const server = serveCollector({ collector });
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const viewers = new Worker(VIEWERS, { eval: true, workerData: { port } });
  let opened = 0;
  viewers.on("message", (count: number) => {
    opened = count;
  });
  // What all of them share is there before.
  viewers.postMessage(100, []);
  await expect.poll(() => opened).toBe(100);
  const before = usedMemory();
  viewers.postMessage(500, []);
  await expect.poll(() => opened).toBe(600);
  // Frames may still wait for a socket.
  await expect.poll(() => (usedMemory() - before) / 500).toBeLessThan(12_000);
  await viewers.terminate();
  server.closeAllConnections();
  server.close();
  await collector.stop();
});
