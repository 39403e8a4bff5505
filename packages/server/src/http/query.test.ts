import { defineCatalog } from "@rumkit/protocol";
import { HonoRequest } from "hono/request";
import { expect, onTestFinished, test, vi } from "vitest";
import { createCollector } from "../collector/createCollector.ts";

/** The work that the address of a request causes, counted and not timed. */

function start() {
  const catalog = defineCatalog({ app: "shop", routes: ["/"] });
  const collector = createCollector({ catalog, runtimeMetrics: false });
  onTestFinished(() => collector.stop());
  const ask = async (target: string, method = "GET"): Promise<number> => {
    const response = await collector.app.request(target, { method });
    await response.body?.cancel();
    return response.status;
  };
  return { ask, collector };
}

/** As many parameters as an address can have, most of which cannot be decoded. */
const BROKEN = "%&".repeat(7_500);

test("no route decodes its parameters one by one, with an error for each that is broken", async () => {
  const { ask, collector } = start();
  const description = await collector.app.request("/api/rumkit/openapi.json");
  const { paths } = (await description.json()) as { paths: Record<string, object> };
  const spies = (["query", "queries"] as const).map((name) => vi.spyOn(HonoRequest.prototype, name));
  onTestFinished(() => spies.forEach((spy) => spy.mockRestore()));
  for (const [path, operations] of Object.entries(paths)) {
    for (const method of Object.keys(operations)) {
      const status = await ask(`${path}?${BROKEN}`, method.toUpperCase());
      expect([path, status < 500 || status === 503]).toEqual([path, true]);
    }
  }
  expect(spies.flatMap((spy) => spy.mock.calls)).toEqual([]);
});

test("a stream of the live page compares some unknown parameters with its own, and not thousands", async () => {
  const { ask } = start();
  expect(await ask("/realtime/metrics?metric=page_views")).toBe(400);
  const names = Array.from({ length: 2_000 }, (_, index) => `k${index}=`).join("&");
  const spy = vi.spyOn(Array, "from");
  onTestFinished(() => spy.mockRestore());
  expect(await ask(`/realtime/metrics?${names}`)).toBe(200);
  // A comparison makes one list of letters.
  expect(spy.mock.calls.length).toBeLessThan(200);
});
