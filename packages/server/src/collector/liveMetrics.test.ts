import { defineCatalog } from "@rumkit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { createMemoryLog } from "../../../../test/support/cluster/memoryLog.ts";
import type { Broker } from "../brokers/broker.ts";
import { isMerged } from "../merge/mergedFamilies.ts";
import { createCollector } from "./createCollector.ts";
import { describeMetrics } from "./parts.ts";

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD"] } } },
});

/** The families of `/metrics`. */
async function familiesOf(collector: { readonly app: { request: (path: string) => unknown } }) {
  const text = await ((await collector.app.request("/metrics")) as Response).text();
  return [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
}

test("a live role exposes its own work only: Prometheus would add up the counts of aggregators twice", async () => {
  const { publish, read, bounds, records } = createMemoryLog();
  const broker: Broker = {
    engine: "jetstream",
    partitions: 4,
    publish,
    read,
    bounds,
    records,
    check: async () => [],
    close: async () => {},
  };
  const live = createCollector({
    catalog,
    runtimeMetrics: false,
    cluster: { role: "live", broker, name: "live-0" },
  });
  onTestFinished(() => live.stop());
  const alone = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => alone.stop());
  const shared = describeMetrics(catalog)
    .filter(isMerged)
    .map(({ name }) => name);
  expect(await familiesOf(alone)).toEqual(expect.arrayContaining(["rum_page_views_total", "revenue_total"]));
  const shown = await familiesOf(live);
  expect(shown.filter((name) => shared.includes(name))).toEqual([]);
  // A target of Prometheus all the same: its alerts ask whether a collector is ready.
  expect(shown).toEqual(expect.arrayContaining(["app_info", "rum_ready", "rum_live_clients"]));
});
