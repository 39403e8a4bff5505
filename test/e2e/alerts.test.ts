/** Every generated alert in Prometheus' own engine: it fires, ends, and stays quiet on low traffic and after a restart. */
import type { Catalog } from "@rumkit/protocol";
import { beforeAll, describe, expect, it } from "vitest";
import type { AlertCase } from "../support/alerts/alertCase.ts";
import { answersOf, compareRandom } from "../support/alerts/conformance.ts";
import { testsOf } from "../support/alerts/alertTests.ts";
import { collectorBlog, collectorCases, collectorRules, of } from "../support/alerts/collectorCases.ts";
import { catalogCases, catalogRules, catalogShop } from "../support/alerts/catalogCases.ts";
import { objectiveCases, objectiveRules, objectiveShop } from "../support/alerts/objectiveCases.ts";
import { randomCase } from "../support/alerts/randomCases.ts";
import { alertNames } from "../support/alerts/ruleText.ts";
import { runTestFiles } from "../support/promtool.ts";

/** Ten seconds of CPU, which a machine with a lot of other work gives late. */
const WAIT = 1_200_000;

/** The collector's alerts are the same for every app: the blog's are tested. */
const aboutCollector = new Set(collectorCases.map(({ alert }) => alert.replace(/^Blog/, "Shop")));
const isAboutCollector = (name: string): boolean => aboutCollector.has(name);

interface Table {
  readonly app: string;
  readonly catalog: Catalog;
  readonly rules: string;
  readonly cases: readonly AlertCase[];
}

const tables: Readonly<Record<string, Table>> = {
  objectives: { app: "shop", catalog: objectiveShop, rules: objectiveRules, cases: objectiveCases },
  "what the catalog declares": {
    app: "shop",
    catalog: catalogShop,
    rules: catalogRules,
    cases: catalogCases,
  },
  "the collector": { app: "blog", catalog: collectorBlog, rules: collectorRules, cases: collectorCases },
};

/** Alerts about the scrapes of Prometheus, which the collector does not see. */
const ABOUT_SCRAPES = /(?:CollectorDown|CollectorAbsent|ScrapesLost|JobShared)$/;

describe.each(Object.entries(tables))("the alerts about %s", (_, { app, catalog, rules, cases }) => {
  const inside = cases.filter(({ alert }) => !ABOUT_SCRAPES.test(alert));
  const compared = new Map(inside.map((tested) => [tested.alert, answersOf(catalog, tested)]));
  let said: ReadonlyMap<string, string>;

  // One promtool for all: to start it takes longer than what it does. And each series once, for both of their claims.
  beforeAll(async () => {
    const files = cases.map((tested) => {
      const answers = compared.get(tested.alert)?.answers;
      return [tested.alert, testsOf(app, rules, tested, answers)] as const;
    });
    said = await runTestFiles(Object.fromEntries(files));
  }, WAIT);

  it.each(cases)("$alert fires when it has held, ends, and else stays quiet", ({ alert }) => {
    expect(said.get(alert)).toMatch(/^\S+\s+SUCCESS\s*$/);
  });

  it.each(inside)("$alert is the same in every minute as the collector itself evaluates it", ({ alert }) => {
    expect(said.get(alert)).toMatch(/^\S+\s+SUCCESS\s*$/);
    // Pending, firing, ended: what never changes compares nothing.
    expect(compared.get(alert)!.transitions).toBeGreaterThan(1);
  });

  it("each has an entry in the table", () => {
    expect(cases.map(({ alert }) => alert)).toEqual(
      alertNames(rules).filter((name) => name.startsWith("Blog") || !isAboutCollector(name)),
    );
  });

  it("each has low traffic among what leaves it quiet, or is about a state", () => {
    const without = cases.filter(
      ({ isState, noMinimum, quiet }) =>
        !isState && !noMinimum && !Object.keys(quiet).some((name) => name.startsWith("too few")),
    );
    expect(without.map(({ alert }) => alert)).toEqual([]);
  });
});

it("of several instances the alert names the one whose journal fails", async () => {
  const failing = collectorCases.find(({ alert }) => alert === "BlogJournalFailing")!;
  const firing = {
    ...of({ rum_journal_failing: "0x30" }),
    ...of({ rum_journal_failing: "1x30" }, "b:4000"),
  };
  const tested: AlertCase = {
    ...failing,
    firing,
    at: "10m",
    tooEarly: "0m",
    labels: { instance: "b:4000" },
    summary: "b:4000 cannot write to its journal.",
    quiet: {},
  };
  const said = await runTestFiles({ b: testsOf("blog", collectorRules, tested) });
  expect(said.get("b")).toMatch(/SUCCESS\s*$/);
});

/** `SEEDS=100` compares so many. Each has every kind of condition. */
const SEEDS = Number(process.env["SEEDS"] ?? 2);
const seeds = Array.from({ length: SEEDS }, (_, index) => index + 1);

describe("random rules over random series with restarts, failed scrapes and little traffic", () => {
  let said: ReadonlyMap<string, string>;
  const compared = new Map(seeds.map((seed) => [String(seed), compareRandom(randomCase(seed))]));

  beforeAll(async () => {
    said = await runTestFiles(Object.fromEntries([...compared].map(([seed, { file }]) => [seed, file])));
  }, WAIT);

  it.each(seeds)("are in the same state as in Prometheus in every minute, seed %i", (seed) => {
    expect(said.get(String(seed))).toMatch(/^\S+\s+SUCCESS\s*$/);
    // About one a minute for two alerts of three: what never changes compares nothing.
    expect(compared.get(String(seed))!.transitions).toBeGreaterThan(30);
  });
});
