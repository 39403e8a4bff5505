import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import { createCollector } from "../collector/createCollector.ts";

function start() {
  const catalog = defineCatalog({ app: "shop", routes: ["/"] });
  const collector = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  return collector;
}

describe("a gauge that cannot be read", () => {
  const failing = { isOn: false };
  const orFail = <T>(value: T, wrong: () => T): T => (failing.isOn ? wrong() : value);
  const throws = (): never => {
    throw new Error("the source is gone");
  };

  test.each([
    ["throws", throws],
    ["gives no number", () => Number.NaN],
    ["gives nothing", () => undefined as unknown as number],
    ["gives infinity", () => Number.POSITIVE_INFINITY],
  ])(
    "because its source %s has no sample instead of an old one, which is counted and said",
    async (_, wrong) => {
      const said: string[] = [];
      const spy = vi.spyOn(process, "emitWarning").mockImplementation((text) => void said.push(String(text)));
      onTestFinished(() => spy.mockRestore());
      failing.isOn = false;
      const { trackQueue, trackPool, instrumentPool, instrumentCache, app } = start();
      trackQueue("mails", () => orFail(3, wrong));
      trackPool("mysql", () => ({ active: 1, idle: orFail(2, wrong), waiting: 3 }));
      const pool = {
        on: () => {},
        off: () => {},
        totalCount: 3,
        waitingCount: 1,
        get idleCount() {
          return orFail(1, wrong);
        },
      };
      instrumentPool(pool, { name: "pg" });
      class Cache extends Map<string, number> {
        override get size() {
          return orFail(9, wrong);
        }
      }
      instrumentCache("products", new Cache());
      const names = /^(queue_depth|database_connections|cache_entries).*/;
      const shown = async () => [...(await scrape(app)).keys()].filter((name) => names.test(name));
      const all = await shown();
      expect(all).toHaveLength(8);
      failing.isOn = true;
      const left = await shown();
      expect(left.filter((name) => /queue_depth|cache_entries|idle/.test(name))).toEqual([]);
      const failures = /^rum_metric_read_failures_total\{metric="(\w+)"\}/;
      const counted = [...(await scrape(app)).keys()].flatMap((name) => failures.exec(name)?.[1] ?? []);
      expect(counted).toEqual(["queue_depth", "database_connections_active", "cache_entries"]);
      expect(said.map((text) => text.split(" cannot be read")[0])).toEqual([
        'queue_depth of "mails"',
        'database_connections_active of "mysql"',
        'database_connections_active of "pg"',
        'cache_entries of "products"',
      ]);
      failing.isOn = false;
      expect(await shown()).toEqual(all);
    },
  );
});
