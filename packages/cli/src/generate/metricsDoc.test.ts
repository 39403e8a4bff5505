import { describe, expect, it } from "vitest";
import { renderMetricsDoc } from "./metricsDoc.ts";
import { describeMetrics } from "@rumkit/server";

const descriptors = describeMetrics({
  app: "shop",
  routes: ["/", "/cart"],
  conversions: { purchase: { help: "Orders.", from: "server", value: { money: ["USD", "EUR"] } } },
});
const doc = renderMetricsDoc(descriptors);

describe("the reference of metrics", () => {
  it("has a line for every metric", () => {
    for (const { name } of descriptors) expect(doc).toContain(`| \`${name}\` |`);
  });

  it("counts what a histogram costs: two routes and the unmatched one by four navigations, with 11 buckets and three lines more", () => {
    expect(doc).toContain("| `rum_lcp_seconds` | histogram | seconds | `route`, `navigation` | 12 | 168 |");
  });

  it("says which label keeps money apart", () => {
    expect(doc).toContain("| `revenue_total` | counter | currency | `conversion`, `currency` | 2 | 2 |");
  });

  it("adds everything up", () => {
    const lines = [...doc.matchAll(/ \| (\d+) \| (\d+) \| /g)];
    const total = (column: number) => lines.reduce((sum, line) => sum + Number(line[column]), 0);
    expect(doc).toContain(`${descriptors.length} metrics, ${total(1)} series and ${total(2)} lines at most.`);
  });
});
