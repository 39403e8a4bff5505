// @vitest-environment node
import { afterEach, expect, test, vi } from "vitest";
import { rootTimer } from "./rootTimer.ts";

afterEach(() => vi.unstubAllGlobals());

test("is the browser's timer", () => {
  expect(rootTimer()).toBe(setTimeout);
});

test("is the one outside of zones, as zone.js keeps it", () => {
  const native = vi.fn<typeof setTimeout>();
  vi.stubGlobal("__zone_symbol__setTimeout", native);
  vi.stubGlobal("setTimeout", () => {
    throw new Error("within the zone");
  });
  rootTimer()(() => {}, 7);
  expect(native).toHaveBeenCalledExactlyOnceWith(expect.any(Function), 7);
});

test("stays the same if a library replaces it later", () => {
  const timer = rootTimer();
  vi.stubGlobal("setTimeout", () => 0);
  expect(timer).not.toBe(setTimeout);
});
