import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Catalog } from "@rumkit/protocol";
import { beforeAll, expect, onTestFinished, test } from "vitest";
import { describeMetrics } from "../collector/parts.ts";
import { readDocuments } from "../journal/readDocuments.ts";
import type { KeptDocuments } from "../journal/keptDocuments.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import { createRecorder } from "../metrics/recorder.ts";
import type { AlertChange } from "./alert.ts";
import { createEngine, ENGINE_SECTIONS } from "./engine.ts";
import { replayJournal } from "./replayJournal.ts";
import { createRecorderSource } from "./source.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const START = Date.UTC(2026, 0, 5, 12, 20);

const catalog: Catalog = {
  app: "shop",
  routes: ["/", "/cart", "/checkout"],
  actions: { search: { help: "Searches.", from: "server" } },
  alerts: {
    errors: {
      when: { rate: "rum_js_errors_total", by: ["route"], above: 0.5 },
      for: "2m",
      keepFiringFor: "1m",
    },
    no_search: { when: { absent: "actions_total", over: "10m" } },
    slow: { when: { share: "rum_inp_seconds", within: 0.2, below: 0.5, over: "10m" } },
    viewers: { when: { gauge: "rum_active_sessions", above: 5 } },
  },
};
const metrics = describeMetrics(catalog);

/** A collector's recorder and engine with a journal, on a clock that the test moves. */
function startProcess(documents: KeptDocuments, clock: { at: number }, counted: Record<string, number> = {}) {
  const recorder = createRecorder(metrics, () => clock.at);
  const labels = { source: "error", device: "desktop", browser: "chrome" };
  const errors = (route: string, times: number): void =>
    recorder.record({ metric: "rum_js_errors_total", labels: { ...labels, route }, value: 1, times });
  for (const [route, times] of Object.entries(counted)) errors(route, times);
  recorder.record({ metric: "rum_ready", labels: {}, value: 1 });
  const engine = createEngine({
    catalog,
    metrics,
    source: createRecorderSource(recorder),
    steadyNow: () => clock.at,
  });
  engine.restore(
    ENGINE_SECTIONS.flatMap((section) =>
      [...documents.read(section)].map(([key, text]) => [section, key, text] as const),
    ),
  );
  engine.sample();
  const changes: AlertChange[] = [];
  return {
    changes,
    errors,
    search: (): void => recorder.record({ metric: "actions_total", labels: { action: "search" }, value: 1 }),
    inp: (seconds: number): void =>
      recorder.record({
        metric: "rum_inp_seconds",
        labels: { route: "/", navigation: "hard" },
        value: seconds,
      }),
    run: async (minutes: number, each: () => void = () => {}): Promise<void> => {
      for (let passed = 0; passed < minutes * MINUTE; passed += 5 * SECOND) {
        clock.at += 5 * SECOND;
        each();
        changes.push(...engine.evaluate(clock.at));
        const kept = engine.save();
        if (kept.length > 0) await documents.write(kept);
      }
    },
  };
}

let folder: string;
let path: string;
/** The changes that the engine reported while it ran. */
let live: AlertChange[];

/** Two runs with one journal, four incidents, and half an hour without a collector between them. */
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "rumkit-replayed-"));
  path = join(folder, "metrics.journal");
  const clock = { at: START };
  const first = await openSqliteJournal({ path });
  first.claim!("shop");
  const one = startProcess(first.documents!, clock);
  await one.run(15, one.search);
  await one.run(8, () => (one.search(), one.errors("/checkout", 6), one.errors("/cart", 1)));
  await one.run(12, () => (one.search(), one.errors("/cart", 1)));
  // It ends between two minutes, and in an incident.
  await one.run(6.5, () => (one.search(), one.errors("/cart", 8)));
  await first.close();
  clock.at += 30 * MINUTE;
  const second = await openSqliteJournal({ path, app: "shop" });
  const two = startProcess(second.documents!, clock, { "/checkout": 576, "/cart": 864 });
  await two.run(20, () => two.inp(0.1));
  await two.run(15, () => (two.search(), two.inp(1)));
  await two.run(15, () => (two.search(), two.inp(0.1)));
  live = [...one.changes, ...two.changes];
  // A copy with its log, as a collector that runs has it; and the file of one that has ended.
  cpSync(folder, `${folder}-open`, { recursive: true });
  await second.close();
  return () => {
    rmSync(folder, { recursive: true });
    rmSync(`${folder}-open`, { recursive: true });
  };
});

const replayed = (changed: Catalog = catalog, lastMs = 24 * 60 * MINUTE, from = path) =>
  replayJournal({
    catalog: changed,
    metrics: describeMetrics(changed),
    documents: readDocuments(from, "shop"),
    lastMs,
  })!;

/** The minute in which each alert fired and ended. */
const minuteOf = (at: number | undefined): number | undefined =>
  at === undefined ? undefined : Math.ceil((at - START) / MINUTE);

test("replays the transitions that the live engine had, within a minute", () => {
  const fires = live.filter(({ kind }) => kind === "firing");
  const { episodes } = replayed();
  const names = [
    ["ShopErrors", "/checkout"],
    ["ShopErrors", "/cart"],
    ["ShopNoSearch", undefined],
    ["ShopSlow", undefined],
  ];
  expect(fires.map(({ alert }) => [alert.name, alert.labels["route"]])).toEqual(names);
  expect(episodes.map(({ alert }) => [alert.name, alert.labels["route"]])).toEqual(names);
  for (const [index, { at, alert }] of fires.entries()) {
    const ended = live.find(
      ({ kind, alert: { episode } }) => kind === "resolved" && episode === alert.episode,
    );
    const { firedAt, endedAt } = episodes[index]!;
    expect(Math.abs(firedAt - at)).toBeLessThanOrEqual(MINUTE);
    expect(Math.abs(endedAt! - ended!.at)).toBeLessThanOrEqual(MINUTE);
  }
});

test("another threshold has another past, and coarser groups than those that were kept can be tried", () => {
  const strict = (above: number): Catalog => ({
    ...catalog,
    alerts: {
      cart: { when: { rate: "rum_js_errors_total", labels: { route: "/cart" }, above } },
      all: { when: { rate: "rum_js_errors_total", above } },
    },
  });
  expect(replayed(strict(0.15)).episodes.map(({ alert }) => alert.name)).toEqual(
    expect.arrayContaining(["ShopCart", "ShopAll"]),
  );
  // Of the first incident, neither route alone; of the second, one.
  expect(replayed(strict(1.3)).episodes.map(({ alert }) => alert.name)).toEqual([
    "ShopAll",
    "ShopCart",
    "ShopAll",
  ]);
  expect(replayed(strict(9)).episodes).toEqual([]);
});

test("says what a journal cannot know", () => {
  const { from, to, gaps, unknown, later } = replayed({
    ...catalog,
    alerts: {
      ...catalog.alerts,
      by_source: { when: { rate: "rum_js_errors_total", by: ["source"], above: 1 } },
      views: { when: { rate: "rum_page_views_total", above: 1 } },
    },
  });
  expect([minuteOf(from), minuteOf(to)]).toEqual([0, 121]);
  expect(gaps.map((gap) => [minuteOf(gap.from), minuteOf(gap.to)])).toEqual([[41, 71]]);
  const reasons = Object.fromEntries(unknown.map(({ rule, why }) => [rule, why]));
  expect(reasons).toMatchObject({
    ShopViewers: "it reads the gauge rum_active_sessions, and a journal keeps counts only",
    ShopBySource: "no alert of the collector read rum_js_errors_total, by source",
    ShopViews: "no alert of the collector read rum_page_views_total",
  });
  expect(reasons).not.toHaveProperty("ShopErrors");
  expect(later).toEqual([]);
});

test("leaves out what had ended before the time that is asked for", () => {
  expect(replayed(catalog, 40 * MINUTE).episodes.map(({ alert }) => alert.name)).toEqual([
    "ShopNoSearch",
    "ShopSlow",
  ]);
});

test("reads the journal of a collector that runs, and changes nothing", () => {
  const open = join(`${folder}-open`, "metrics.journal");
  const state = (): string[] =>
    readdirSync(`${folder}-open`).map(
      (name) => `${name} ${readFileSync(join(`${folder}-open`, name)).length}`,
    );
  const before = state();
  expect(before.join()).toContain("-wal");
  expect(replayed(catalog, 24 * 60 * MINUTE, open)).toEqual(replayed());
  expect(state()).toEqual(before);
});

test("reads a journal that is locked by another process, and refuses that of another app", async () => {
  const journal = await openSqliteJournal({ path });
  onTestFinished(() => journal.close());
  expect(readDocuments(path, "shop").length).toBeGreaterThan(0);
  expect(() => readDocuments(path, "blog")).toThrow(new RegExp(`^\\[rumkit\\] ${path} .*"shop"`));
});
