import { Hono } from "hono";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { createPendingWork } from "../base/pendingWork.ts";
import { WITHOUT_CATALOG } from "../catalog/names.ts";
import { healthPart } from "../health/readiness.ts";
import { createMemoryJournal } from "../journal/memoryJournal.ts";
import { createRecorder } from "../metrics/recorder.ts";
import { DEFAULT_BASE_PATHS } from "../part/basePaths.ts";
import type { Part, PartContext } from "../part/part.ts";
import { createCollectorLog } from "./collectorLog.ts";
import { createEnding, createPulse } from "./lifetime.ts";
import { createRoutes } from "./createCollector.ts";
import { PARTS } from "./parts.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const log = createCollectorLog(undefined, "shop", Date.now);

test.each(["as listed", "the other way round"])(
  "in a second all gauges come first, then all ticks, then what people see: parts %s",
  (order) => {
    const seen: string[] = [];
    const parts: Part[] = [
      { publish: () => seen.push("publish"), show: () => seen.push("show") },
      { tick: () => seen.push("tick"), show: () => seen.push("show") },
    ];
    const pulse = createPulse(order === "as listed" ? parts : parts.toReversed());
    vi.advanceTimersByTime(1_000);
    pulse.stop();
    vi.advanceTimersByTime(5_000);
    expect(seen).toEqual(["show", "show", "tick", "publish"]);
  },
);

test("the store closes after every part, and everything is released even if one cannot be closed", async () => {
  const seen: string[] = [];
  const partOf = (name: string, close: () => void = () => {}): Part => ({
    leave: () => seen.push(`leave ${name}`),
    close: () => {
      seen.push(`close ${name}`);
      close();
    },
    release: () => seen.push(`release ${name}`),
  });
  const fail = (): void => {
    throw new Error("The disk is full.");
  };
  const parts = [partOf("a"), partOf("b")];
  const ending = createEnding({ pending: createPendingWork(), log, parts, store: partOf("store", fail) });
  await expect(ending.stop()).rejects.toThrow("The disk is full.");
  expect(seen.slice(0, 3).toSorted()).toEqual(["leave a", "leave b", "leave store"]);
  expect(seen[5]).toBe("close store");
  expect(seen.slice(6).toSorted()).toEqual(["release a", "release b", "release store"]);
});

test("a collector is ready only while each of its parts is", async () => {
  let isReady = true;
  const recorder = createRecorder(healthPart.describe!(WITHOUT_CATALOG));
  const context: PartContext = {
    catalog: WITHOUT_CATALOG,
    recorder,
    journal: createMemoryJournal(),
    paths: DEFAULT_BASE_PATHS,
    senderOf: () => undefined,
    opens: () => () => false,
    isDraining: () => false,
    areReady: () => isReady,
    showAll: () => {},
  };
  const { routes = [], show } = healthPart.start!(context, {});
  const { app } = createRoutes(routes, (_scope, handler) => handler);
  const statusOf = async (): Promise<number> => (await new Hono().route("/", app).request("/readyz")).status;
  show!();
  expect([await statusOf(), recorder.gauge("rum_ready")]).toEqual([200, 1]);
  isReady = false;
  show!();
  expect([await statusOf(), recorder.gauge("rum_ready")]).toEqual([503, 0]);
});

test("no two parts describe the same metric", () => {
  const names = PARTS.flatMap(({ describe }) => describe?.(WITHOUT_CATALOG) ?? []).map(({ name }) => name);
  expect(names).toEqual([...new Set(names)]);
});
