import { expect, onTestFinished, test } from "vitest";
import { createMemoryLog } from "../../../../test/support/cluster/memoryLog.ts";
import { expectSoon } from "../../../../test/support/expectSoon.ts";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Broker } from "../brokers/broker.ts";
import { createCollector } from "./createCollector.ts";

test("a leader whose state of alerts another process wrote reads it anew, and leads on", async () => {
  const broker: Broker = {
    ...createMemoryLog(),
    engine: "jetstream",
    partitions: 1,
    check: async () => [],
    close: async () => {},
  };
  const { records } = broker;
  const collector = createCollector({
    catalog: { app: "shop", routes: ["/"] },
    environment: "production",
    runtimeMetrics: false,
    cluster: { role: "live", broker, name: "live-0" },
  });
  onTestFinished(() => collector.stop());
  const silence = async (): Promise<number> => {
    const body = JSON.stringify({
      by: "ann",
      why: "test",
      matchers: ["alertname=x"],
      endsAt: Date.now() + 60_000,
    });
    const headers = { "content-type": "application/json" };
    const answer = await collector.app.request("/api/rumkit/silences", { method: "POST", headers, body });
    return answer.status;
  };
  await expectSoon(silence).toBe(201);
  const last = (await records.list("alerts.log.")).at(-1)!.key;
  const next = last.replace(/\d+$/, (digits) => String(Number(digits) + 1).padStart(digits.length, "0"));
  await records.write(next, JSON.stringify({ id: "another", token: 7, changes: [] }), 0);
  expect(await silence()).toBe(503);
  await expectSoon(silence).toBe(201);
  const scraped = await scrape(collector.app);
  expect([scraped.get("rum_alerts_leading"), scraped.get("rum_alerts_leaderships_total")]).toEqual([1, 2]);
});
