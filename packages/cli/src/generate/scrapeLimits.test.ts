import { createCollector, describeMetrics } from "@rumkit/server";
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { describe, expect, onTestFinished, test } from "vitest";
import { createShop } from "../../../../examples/shop/backend.ts";
import { catalog } from "../../../../examples/shop/catalog.ts";
import { describeVisit } from "../../../../examples/shop/visitors/describeVisit.ts";
import { playVisit } from "../../../../examples/shop/visitors/playVisit.ts";
import { createRandom } from "../../../../examples/shop/visitors/random.ts";
import { listen } from "../../../../test/support/listen.ts";
import { promtool } from "../../../../test/support/promtool.ts";
import { renderScrapeConfig, type ScrapeLimits, scrapeLimits } from "./scrapeLimits.ts";

const descriptors = describeMetrics(catalog);
const limits = scrapeLimits(descriptors);

/** The sizes of an exposition that Prometheus compares with its limits. */
function measure(exposition: string): Record<Exclude<keyof ScrapeLimits, "body_size_limit">, number> {
  const samples = exposition.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  // The name is a label, and job and instance are added.
  const labelled = samples.map((line) => [
    ...line.split(" # ", 1)[0]!.matchAll(/([\w]+)="((?:\\.|[^"\\])*)"/g),
  ]);
  return {
    sample_limit: samples.length,
    label_limit: Math.max(...labelled.map((labels) => labels.length + 3)),
    label_value_length_limit: Math.max(...labelled.flat().map(([, , value]) => Buffer.byteLength(value!))),
  };
}

function bytesOf(limit: string): number {
  return Number(limit.replace("MB", "")) * 1_048_576;
}

describe("limits of a scrape", () => {
  test("are a configuration that Prometheus accepts", async () => {
    const text = renderScrapeConfig("shop", "15s", limits).join("\n");
    expect(text).toMatch(
      /^ {4}sample_limit: \d+\n {4}label_limit: \d+\n {4}label_value_length_limit: \d+\n {4}body_size_limit: \d+MB$/m,
    );
    expect(await promtool(["check", "config"], "prometheus.yml", text)).toContain(
      "is valid prometheus config file syntax",
    );
    await expect(
      promtool(
        ["check", "config"],
        "prometheus.yml",
        text.replace(/body_size_limit: .*/, "body_size_limit: much"),
      ),
    ).rejects.toThrow(/units/);
  });

  test("are far above what the shop with visitors exposes in either format", async () => {
    const collector = createCollector({ catalog, bots: "count" });
    onTestFinished(() => collector.stop());
    const app = new Hono();
    const origin = await listen(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
    app.route("/", createShop({ collector, pause: () => Promise.resolve() }));
    app.route("/", collector.app);
    const random = createRandom(1);
    for (let visit = 0; visit < 20; visit += 1)
      await playVisit(
        describeVisit(random).filter(({ kind }) => kind !== "wait"),
        { origin, signal: new AbortController().signal },
      );
    for (const accept of ["text/plain", "application/openmetrics-text"]) {
      const text = await (await fetch(`${origin}/metrics`, { headers: { accept } })).text();
      const sizes = measure(text);
      expect(sizes.sample_limit).toBeGreaterThan(1_000);
      for (const [name, size] of Object.entries(sizes))
        expect(size, name).toBeLessThan(limits[name as keyof typeof sizes]);
      expect(Buffer.byteLength(text)).toBeLessThan(bytesOf(limits.body_size_limit));
    }
  });

  test.each([
    ["letters of three bytes", "\u{20ac}"],
    ["letters of four bytes, which are two units", "\u{1f600}"],
    ["letters that are escaped", '"'],
  ])("are above values of open labels with %s", async (_what, letter) => {
    const small = { app: "shop", routes: ["/"] };
    const collector = createCollector({ catalog: small, runtimeMetrics: false });
    onTestFinished(() => collector.stop());
    const most = scrapeLimits(describeMetrics(small));
    for (let place = 0; place < 20; place += 1) collector.trackCache(`${place}${letter.repeat(128)}`).hit();
    const text = await (
      await collector.app.request("/metrics", { headers: { accept: "application/openmetrics-text" } })
    ).text();
    expect(text).toContain(letter === '"' ? '\\"' : letter);
    expect(measure(text).label_value_length_limit).toBeLessThan(most.label_value_length_limit);
  });
});
