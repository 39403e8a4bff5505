import { afterEach, beforeEach, expect, test, vi } from "vitest";
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
