import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { recordSources } from "../../test/recordSources.ts";
import { recordNetwork } from "../../../../test/support/pageNetwork.ts";
import { createMetricsWith } from "../client/createMetricsWith.ts";
import { funnels } from "./funnels.ts";

beforeEach(() => void recordNetwork());
afterEach(() => vi.unstubAllGlobals());

test.each([
  [undefined, "/collect/funnels"],
  ["https://rum.example/collect", "https://rum.example/collect/funnels"],
  ["https://rum.example/collect?key=pk_1", "https://rum.example/collect/funnels?key=pk_1"],
])("of a collector at %s the steps are asked from %s, once and with the first event", (url, asked) => {
  const addresses: unknown[] = [];
  vi.stubGlobal("fetch", (address: unknown) => {
    addresses.push(address);
    return Promise.reject(new TypeError("nobody there"));
  });
  const metrics = createMetricsWith([funnels()], url === undefined ? {} : { url });
  metrics.setConsent("granted");
  expect(addresses).toEqual([]);
  metrics.trackAction("a");
  metrics.trackAction("b");
  expect(addresses).toEqual([asked]);
  metrics.stop();
});

describe("the steps of a session", () => {
  const steps = {
    routes: ["/", "/product/:id", "/thanks"],
    funnels: {
      buy: ["page_view:/product/:id", "action:add", "conversion:order"],
      look: ["page_view:/", "feature:zoom"],
    },
  };
  const page = recordSources();
  const reached = async (): Promise<unknown[]> =>
    (await page.events("funnel_step")).map((event) => {
      const { name, step, count = 1 } = event as { name: string; step: number; count?: number };
      return `${name} ${step} ${count}`;
    });

  test("count once each, in order, at the first event after the step before", async () => {
    const { metrics } = page.start([funnels(steps)]);
    const { trackPageView, trackAction, trackConversion } = metrics as unknown as Record<
      string,
      (name: string) => void
    >;
    trackAction!("add");
    trackConversion!("order");
    trackPageView!("/product/7");
    trackPageView!("/product/8");
    trackConversion!("order");
    trackAction!("add");
    trackAction!("add");
    trackConversion!("order");
    trackConversion!("order");
    expect(await reached()).toEqual(["buy 1 1", "buy 2 1", "buy 3 1"]);
  });

  test("go on with the next page of the tab, and begin again with the next session", async () => {
    const first = page.start([funnels(steps)]);
    first.metrics.trackPageView("/product/7");
    first.metrics.stop();
    const second = page.start([funnels(steps)]);
    second.metrics.trackAction("add");
    second.metrics.stop();
    sessionStorage.removeItem(Object.keys(sessionStorage).find((key) => key.startsWith("rumkit.session"))!);
    const third = page.start([funnels(steps)]);
    third.metrics.trackAction("add");
    third.metrics.trackPageView("/product/7");
    expect(await reached()).toEqual(["buy 1 1", "buy 2 1", "buy 1 1"]);
  });

  test("of several funnels are independent", async () => {
    const { metrics } = page.start([funnels(steps)]);
    metrics.trackPageView("/");
    metrics.trackPageView("/product/7");
    metrics.trackFeature("zoom");
    expect(await reached()).toEqual(["look 1 1", "buy 1 1", "look 2 1"]);
  });

  test("are kept in memory if storage is denied", async () => {
    vi.stubGlobal("sessionStorage", undefined);
    const { metrics } = page.start([funnels(steps)]);
    metrics.trackPageView("/product/7");
    metrics.trackAction("add");
    metrics.trackAction("add");
    expect(await reached()).toEqual(["buy 1 1", "buy 2 1"]);
  });
});
