import { expect, test, vi } from "vitest";
import { recordSources } from "../../test/recordSources.ts";
import { heartbeat } from "./heartbeat.ts";

const page = recordSources();
const MINUTE = 60_000;
const act = (type = "keydown"): unknown => window.dispatchEvent(new Event(type));
const beats = async (): Promise<number> =>
  (await page.events("heartbeat")).reduce((sum, { count = 1 }) => sum + count, 0);

test.each(["pointerdown", "keydown", "scroll"])("a %s after a quiet minute is one", async (type) => {
  page.start([heartbeat()]);
  act(type);
  vi.advanceTimersByTime(MINUTE - 1);
  act(type);
  vi.advanceTimersByTime(1);
  act(type);
  act(type);
  expect(await beats()).toBe(1);
});

test("there is at most one per minute, however busy the user is", async () => {
  page.start([heartbeat()]);
  for (let seconds = 0; seconds < 600; seconds += 1) {
    vi.advanceTimersByTime(1_000);
    act("scroll");
  }
  expect(await beats()).toBe(10);
});

test("any other event is as good as one", async () => {
  const { metrics } = page.start([heartbeat()]);
  for (let times = 0; times < 10; times += 1) {
    vi.advanceTimersByTime(MINUTE - 1);
    metrics.trackAction("a");
    act();
  }
  expect(await beats()).toBe(0);
});

test("a user who is away has none: no timer runs", async () => {
  page.start([heartbeat()]);
  await vi.advanceTimersByTimeAsync(60 * MINUTE);
  expect(vi.getTimerCount()).toBe(0);
  expect(await beats()).toBe(0);
});

test("without consent a busy user adds nothing but one loss per minute", async () => {
  const { metrics } = page.start([heartbeat()], { consent: "denied" });
  vi.advanceTimersByTime(1_000);
  for (let seconds = 0; seconds < 180; seconds += 1) {
    vi.advanceTimersByTime(1_000);
    act();
  }
  metrics.setConsent("granted");
  metrics.trackAction("a");
  await page.events();
  expect(page.network.batches.map(({ dropped }) => dropped)).toEqual([{ consent: 3 }]);
});
