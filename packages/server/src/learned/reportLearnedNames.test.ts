import type { Catalog } from "@rumkit/protocol";
import { expect, onTestFinished, test } from "vitest";
import { createCollector } from "../collector/createCollector.ts";
import type { Log, LogFields } from "../log/log.ts";

function start(max?: number) {
  const lines: (LogFields & { readonly message: string })[] = [];
  const write = (fields: LogFields, message: string): void => void lines.push({ ...fields, message });
  const log: Log = { info: write, warn: write, error: write };
  const catalog: Catalog = { app: "shop", routes: [], learnNames: { max: max ?? 200 } };
  const collector = createCollector({ ...(max !== undefined && { catalog }), runtimeMetrics: false, log });
  onTestFinished(() => collector.stop());
  let batches = 0;
  const report = async (...names: readonly string[]): Promise<void> => {
    batches += 1;
    const events = names.map((name) => ({ type: "action", name }));
    const batch = {
      v: 1,
      id: batches.toString(16).padStart(32, "0"),
      session: "f".repeat(32),
      sentAt: 1,
      events,
    };
    const headers = { origin: "http://localhost" };
    await collector.app.request("http://localhost/collect", {
      method: "POST",
      headers,
      body: JSON.stringify(batch),
    });
  };
  const told = (kind: string): string[] =>
    lines.filter((line) => line["kind"] === kind).map(({ message }) => message);
  return { collector, report, told };
}

test("a name that is learned is reported once, by its kind, from a page or the backend", async () => {
  const { collector, report, told } = start();
  await report("add_to_cart", "addToCart");
  await report("add_to_cart");
  await collector.trackAction("add_to_cart");
  await collector.trackConversion("purchase", { value: 1, currency: "USD" });
  expect(told("name_learned")).toEqual([
    'The action "add_to_cart" is counted from now on, though no catalog declares it.',
    'The conversion "purchase" is counted from now on, though no catalog declares it.',
  ]);
  expect(told("names_full")).toEqual([]);
});

test("a kind without a place left is reported once", async () => {
  const { report, told } = start(3);
  await report("a", "b");
  expect(told("names_full")).toEqual([]);
  await report("c", "d", "e");
  expect(told("names_full")).toHaveLength(1);
  expect(told("names_full")[0]).toMatch(/^All 3 places for names of the label "action" are taken/);
  expect(told("name_learned")).toHaveLength(3);
});

test("names that the catalog declares are not reported as learned", async () => {
  const lines: string[] = [];
  const write = (_fields: LogFields, message: string): void => void lines.push(message);
  const catalog = {
    app: "shop",
    routes: [],
    learnNames: { max: 2 },
    actions: { login: { help: "Logins.", from: "server" }, search: { help: "Searches." } },
  } as const;
  const log: Log = { info: write, warn: write, error: write };
  const collector = createCollector({ catalog, runtimeMetrics: false, log });
  onTestFinished(() => collector.stop());
  await collector.trackAction("login");
  expect(lines.filter((line) => /catalog/.test(line))).toEqual([]);
});

test("an attack with names fills no log", async () => {
  const { report, told } = start(500);
  for (let round = 0; round < 5; round += 1)
    await report(...Array.from({ length: 100 }, (_, index) => `n${round}_${index}`));
  expect(told("name_learned")).toHaveLength(50);
});

test("in development without a log a warning says it", async () => {
  const warnings: Error[] = [];
  const listen = (warning: Error): void => void warnings.push(warning);
  process.on("warning", listen);
  onTestFinished(() => void process.off("warning", listen));
  const collector = createCollector({ runtimeMetrics: false, environment: "development" });
  onTestFinished(() => collector.stop());
  await collector.trackAction("add_to_cart");
  await expect
    .poll(() => warnings.map(({ message }) => message))
    .toEqual(['The action "add_to_cart" is counted from now on, though no catalog declares it.']);
});
