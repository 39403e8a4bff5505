import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineCatalog } from "@rumkit/protocol";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createCollector } from "./createCollector.ts";
import { openSqliteJournal } from "../journal/sqliteJournal.ts";
import type { sharedCollector as share } from "./sharedCollector.ts";

let folder: string;
let app: string;
let apps = 0;
const stops: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "rumkit-shared-"));
  // The table is the process's: each test has its own app.
  app = `app_${(apps += 1)}`;
});
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
  await rm(folder, { recursive: true });
});

/** The module as another bundle has it: a separate copy. */
async function bundle(): Promise<typeof share> {
  vi.resetModules();
  return (await import("./sharedCollector.ts")).sharedCollector;
}

/** The code of an app's module that is evaluated several times, with the same journal file. */
async function evaluate(routes: readonly `/${string}`[]) {
  const catalog = defineCatalog({ app, routes });
  const create = vi.fn(async () => {
    const journal = await openSqliteJournal({ path: join(folder, "rumkit.journal") });
    const collector = createCollector({ catalog, journal, runtimeMetrics: false });
    stops.push(collector.stop);
    return collector;
  });
  return { create, get: (await bundle())(catalog, create) };
}

test("bundles that evaluate the module each share one collector, created by the first call", async () => {
  const [a, b] = [await evaluate(["/"]), await evaluate(["/"])];
  expect(a.create.mock.calls.length + b.create.mock.calls.length).toBe(0);
  const [first, second, third] = await Promise.all([b.get(), a.get(), b.get()]);
  expect(second).toBe(first);
  expect(third).toBe(first);
  expect([a.create.mock.calls.length, b.create.mock.calls.length]).toEqual([0, 1]);
});

test("an edit of the catalog stops the old collector and then takes over its journal; old bundles follow", async () => {
  const old = await evaluate(["/"]);
  const before = await old.get();
  const edited = await evaluate(["/", "/about"]);
  const after = await edited.get();
  expect(after).not.toBe(before);
  expect((await before.app.request("/readyz")).status).toBe(503);
  expect((await after.app.request("/readyz")).status).toBe(200);
  expect(await old.get()).toBe(after);
  expect(await (await evaluate(["/", "/about"])).get()).toBe(after);
});

test("a collector that could not be created is tried again, and two apps have two", async () => {
  const catalog = defineCatalog({ app, routes: ["/"] });
  const create = vi.fn(() => createCollector({ catalog, runtimeMetrics: false }));
  create.mockImplementationOnce(() => {
    throw new Error("The disk is full.");
  });
  const get = (await bundle())(catalog, create);
  await expect(get()).rejects.toThrow("The disk is full.");
  const collector = await get();
  stops.push(collector.stop);
  app = `other_${app}`;
  const other = await evaluate(["/"]);
  expect(await other.get()).not.toBe(collector);
  expect(await get()).toBe(collector);
});
