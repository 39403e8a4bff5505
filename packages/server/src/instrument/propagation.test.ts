import { defineCatalog } from "@rumkit/protocol";
import fc from "fast-check";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, onTestFinished, test } from "vitest";
import { scrape } from "../../../../test/support/scrape.ts";
import type { Collector } from "../collector/collector.ts";
import { createCollector } from "../collector/createCollector.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import { describeMetrics } from "../collector/parts.ts";
import { experienceOf } from "./propagation.ts";

describe("the experience of a request's baggage", () => {
  test.each<[what: string, baggage: unknown, experience: string | undefined]>([
    ["is what the page says", "rum.experience=good", "good"],
    ["stands among what others say", "tenant=7,rum.experience=poor,user=a%2Cb", "poor"],
    [
      "may have spaces and properties",
      "a=b , rum.experience = needs_improvement ; since=1",
      "needs_improvement",
    ],
    ["comes from several headers", ["a=b", "rum.experience=good"], "good"],
    ["is the first one", "rum.experience=good,rum.experience=poor", "good"],
    ["is not an unknown word", "rum.experience=best", undefined],
    ["is not a property of another entry", "a=b;rum.experience=good", undefined],
    ["is not a part of another key", "my-rum.experience=good", undefined],
    ["is exact", "RUM.EXPERIENCE=good,rum.experience=GOOD", undefined],
    ["is nothing without a value", "rum.experience", undefined],
    ["is not looked for behind 64 entries", `${"a=b,".repeat(64)}rum.experience=good`, undefined],
    ["is not looked for in more than a header may be", `rum.experience=good,${"a".repeat(9_000)}`, undefined],
    ["is nothing without the header", undefined, undefined],
    ["is not read from an object", { toString: () => "rum.experience=good" }, undefined],
  ])("%s", (_what, baggage, experience) => {
    expect(experienceOf(baggage)).toBe(experience);
  });

  test("is one of the three or none, whatever comes", () => {
    const anything = fc.oneof(
      fc.anything(),
      fc.string({ unit: "binary" }).map((text) => `rum.experience=${text}`),
    );
    fc.assert(
      fc.property(anything, (baggage) => {
        expect([undefined, "good", "needs_improvement", "poor"]).toContain(experienceOf(baggage));
      }),
    );
  });
});

const catalog = defineCatalog({
  app: "shop",
  routes: ["/"],
  conversions: {
    purchase: { help: "Orders paid.", from: "server", value: { money: ["EUR", "USD"] }, experience: true },
    gift: { help: "Gifts paid.", from: "server", value: { money: ["EUR"] } },
    signup: { help: "Accounts.", from: "server", experience: true, labels: { plan: ["free", "paid"] } },
  },
});

let running: Collector<typeof catalog> | undefined;
afterEach(() => running?.stop());

describe("conversions with an experience", () => {
  const start = (): Collector<typeof catalog> =>
    (running = createCollector({ catalog, runtimeMetrics: false, environment: "production" }));

  test("count with their money under what the session had experienced, else under unknown", async () => {
    const { app, trackConversion } = start();
    const paid = { value: 12.5, currency: "EUR" } as const;
    await trackConversion("purchase", { ...paid, id: "1", experience: experienceOf("rum.experience=poor") });
    await trackConversion("purchase", { ...paid, id: "1", experience: "good" });
    await trackConversion("purchase", { ...paid, id: "2" });
    await trackConversion("purchase", { ...paid, id: "3", experience: "splendid" as "good" });
    await trackConversion("signup", { plan: "free", experience: "good" });
    await trackConversion("gift", { ...paid, experience: "good" });
    const shown = await scrape(app);
    const counted = [...shown].filter(
      ([series, value]) => /^(?:revenue_total|conversions_total)/.test(series) && value > 0,
    );
    expect(Object.fromEntries(counted)).toEqual({
      'conversions_total{conversion="purchase",experience="poor"}': 1,
      'conversions_total{conversion="purchase",experience="unknown"}': 2,
      'conversions_total{conversion="signup",plan="free",experience="good"}': 1,
      'conversions_total{conversion="gift"}': 1,
      'revenue_total{conversion="purchase",currency="EUR",experience="poor"}': 12.5,
      'revenue_total{conversion="purchase",currency="EUR",experience="unknown"}': 25,
      'revenue_total{conversion="gift",currency="EUR"}': 12.5,
    });
  });

  test("are a closed set, shown as 0 from the start; those that do not ask for it have no more than before", () => {
    const families = new Map(describeMetrics(catalog).map((family) => [family.name, family]));
    // Purchases in 2 currencies by 4, gifts in one; purchases by 4, gifts, sign-ups of 2 plans by 4.
    expect(families.get("revenue_total")).toMatchObject({
      labels: ["conversion", "currency", "experience"],
      maxSeries: 2 * 4 + 1,
    });
    expect(families.get("conversions_total")).toMatchObject({ maxSeries: 4 + 1 + 2 * 4 });
    expect(families.get("refunds_total")).toMatchObject({ labels: ["conversion", "currency"], maxSeries: 3 });
    for (const name of ["revenue_total", "conversions_total"]) {
      expect(families.get(name)?.known).toHaveLength(families.get(name)!.maxSeries);
    }
  });

  test("go on where a journal had come to that knew of none: no cent is lost, only what was not asked", async () => {
    const before = defineCatalog({
      app: "shop",
      routes: ["/"],
      conversions: { purchase: { help: "Orders paid.", from: "server", value: { money: ["EUR"] } } },
    });
    const folder = await mkdtemp(join(tmpdir(), "rumkit-experience-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const path = join(folder, "journal");
    const paid = { value: 12.5, currency: "EUR" } as const;
    const old = createCollector({
      catalog: before,
      runtimeMetrics: false,
      journal: await openSqliteJournal({ path }),
    });
    await old.trackConversion("purchase", { ...paid, id: "1" });
    await old.stop();

    running = createCollector({ catalog, runtimeMetrics: false, journal: await openSqliteJournal({ path }) });
    expect(await running.trackConversion("purchase", { ...paid, id: "1" })).toBe("duplicate");
    await running.trackConversion("purchase", { ...paid, id: "2", experience: "good" });
    const shown = [...(await scrape(running.app))].filter(
      ([series, value]) => series.startsWith("revenue_total") && value > 0,
    );
    expect(Object.fromEntries(shown)).toEqual({
      'revenue_total{conversion="purchase",currency="EUR",experience="__other__"}': 12.5,
      'revenue_total{conversion="purchase",currency="EUR",experience="good"}': 12.5,
    });
  });

  test("are declared for the backend only: pages always say it", () => {
    const conversions = { wish: { help: "Wishes.", experience: true } } as const;
    expect(() => createCollector({ catalog: { app: "a", routes: ["/"], conversions } })).toThrow(
      'conversions.wish.experience needs from: "server"',
    );
  });
});
