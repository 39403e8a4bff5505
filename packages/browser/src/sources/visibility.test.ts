import { expect, test, vi } from "vitest";
import { recordSources, setHidden } from "../../test/recordSources.ts";
import { heap } from "./heap.ts";
import { visibility } from "./visibility.ts";

const page = recordSources();
const times = async (): Promise<unknown[]> =>
  (await page.events("visible")).map((event) => (event as { value: number }).value);

test("each uninterrupted time of a view is one value, and the time away counts for none", async () => {
  page.start([visibility()]).metrics.trackPageView("/a");
  vi.advanceTimersByTime(2_000);
  setHidden(true);
  vi.advanceTimersByTime(60_000);
  setHidden(false);
  vi.advanceTimersByTime(3_000);
  window.dispatchEvent(new Event("pagehide"));
  setHidden(true);
  expect(await times()).toEqual([2, 3]);
});

test("a view that is replaced by another ends with its own route", async () => {
  const { metrics } = page.start([visibility()]);
  metrics.trackPageView("/a");
  vi.advanceTimersByTime(1_500);
  metrics.trackPageView("/b");
  vi.advanceTimersByTime(500);
  setHidden(true);
  await page.events();
  let route: string | undefined;
  const seen: unknown[] = [];
  for (const event of page.network.events()) {
    route = event.route ?? route;
    if (event.type === "visible") seen.push([route, event.value]);
  }
  expect(seen).toEqual([
    ["/a", 1.5],
    ["/b", 0.5],
  ]);
});

test("a view in a tab that was never shown has no time", async () => {
  Object.defineProperty(document, "hidden", { value: true, configurable: true });
  page.start([visibility()]).metrics.trackPageView("/a");
  vi.advanceTimersByTime(5_000);
  window.dispatchEvent(new Event("pagehide"));
  expect(await times()).toEqual([]);
  Reflect.deleteProperty(document, "hidden");
});

test("the heap is reported in steps, once for each time that the page is hidden", async () => {
  Object.defineProperty(performance, "memory", { value: { usedJSHeapSize: 1_500_000 }, configurable: true });
  page.start([heap()]);
  setHidden(true);
  window.dispatchEvent(new Event("pagehide"));
  setHidden(false);
  setHidden(true);
  Reflect.deleteProperty(performance, "memory");
  expect(
    (await page.events("heap")).map((event) => [(event as { value: number }).value, event.count ?? 1]),
  ).toEqual(expect.arrayContaining([[2 * 1_048_576, 1]]));
  expect((await page.events("heap")).reduce((sum, { count = 1 }) => sum + count, 0)).toBe(2);
});
