import { defineCatalog } from "@rumkit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { createCollector } from "./createCollector.ts";

const OPENMETRICS = { accept: "application/openmetrics-text;version=1.0.0" };

/** OpenMetrics 1.0, "Histogram": buckets and counts are integers, buckets grow, and the last one is the count. */
function brokenHistograms(text: string): string[] {
  const buckets = new Map<string, number[]>();
  const faults: string[] = [];
  for (const [, name, labels = "", value] of text.matchAll(/^(\w+)_(?:bucket|count)(?:\{(.*)\})? (\S+)/gm)) {
    if (!/^\d+$/.test(value!)) faults.push(`${name}{${labels}} ${value} is not an integer`);
    const key = `${name}{${labels.replace(/,?le="[^"]*"/, "")}}`;
    const before = buckets.get(key) ?? [];
    if (Number(value) < (before.at(-1) ?? 0)) faults.push(`${key} falls to ${value}`);
    buckets.set(key, [...before, Number(value)]);
  }
  for (const [key, values] of buckets)
    if (values.at(-1) !== values.at(-2))
      faults.push(`${key} has ${values.at(-1)}, of which ${values.at(-2)} in buckets`);
  return faults;
}

test.each([0.3, 0.07, 1 / 3, 0.9])(
  "a page that reports a share of %f is counted in whole numbers",
  async (rate) => {
    const catalog = defineCatalog({ app: "shop", routes: ["/"], actions: { add: { help: "Adds." } } });
    const { app, stop } = createCollector({ catalog, runtimeMetrics: false });
    onTestFinished(() => stop());
    for (let batch = 0; batch < 20; batch += 1) {
      const events = [
        { type: "page_view", route: "/" },
        { type: "LCP", route: "/", value: 1 + batch / 10 },
        { type: "action", name: "add", route: "/" },
      ];
      const id = batch.toString(16).padStart(32, "0");
      const body = JSON.stringify({ v: 1, id, seq: batch, session: "f".repeat(32), sentAt: 1, rate, events });
      const headers = { origin: "http://shop.example", host: "shop.example" };
      const answer = await app.request("/collect", { method: "POST", body, headers });
      expect(answer.status).toBe(202);
    }
    const text = await (await app.request("/metrics", { headers: OPENMETRICS })).text();
    expect(text).toMatch(/^rum_lcp_seconds_count\{.*\} [1-9]/m);
    expect(brokenHistograms(text)).toEqual([]);
    const counters = [...text.matchAll(/^(rum_\w+_total)(?:\{.*\})? (\S+)/gm)];
    expect(counters.filter(([, , value]) => !/^\d+$/.test(value!)).map(([line]) => line)).toEqual([]);
    expect(text).toContain(`\nrum_active_sessions ${Math.round(1 / rate)}\n`);
  },
);

test("the rule finds what is broken", () => {
  expect(brokenHistograms('a_bucket{le="1"} 3.33\na_bucket{le="+Inf"} 3.33\na_count 3.33\n')).toHaveLength(3);
  expect(brokenHistograms('a_bucket{le="1"} 3\na_bucket{le="+Inf"} 2\na_count 2\n')).toHaveLength(1);
  expect(brokenHistograms('a_bucket{le="1"} 3\na_bucket{le="+Inf"} 3\na_count 4\n')).toHaveLength(1);
});
