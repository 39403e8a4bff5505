import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { recordSources } from "../../test/recordSources.ts";
import { storedOutbox } from "./storedOutbox.ts";

const page = recordSources();
afterEach(() => {
  Reflect.deleteProperty(navigator, "serviceWorker");
});

const COLLECTORS = [
  "/collect",
  "/collect.php",
  "/collect?key=a",
  "/collect?key=a.b",
  "https://rum.example/collect",
];

const start = (url = "/collect") => page.start([storedOutbox()], { url });
const fail = (times: number): unknown =>
  page.network.answers.push(...Array.from({ length: times }, () => "refused" as const));
const settle = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

/** Leaves two batches of a page in storage: the first waits for a retry, so the second does as well. */
async function leaveBehind(url?: string): Promise<string[]> {
  const before = page.network.batches.length;
  fail(2);
  const { metrics } = start(url);
  metrics.flush();
  metrics.trackAction("a");
  metrics.flush();
  await settle();
  metrics.trackAction("b");
  metrics.flush();
  await settle();
  // The page is gone: no timer of it rings.
  vi.clearAllTimers();
  page.network.answers.length = 0;
  return page.network.batches.slice(before).map(({ id }) => id);
}

test("the next visit sends what was left, with the same ids and bytes, and then nothing is stored", async () => {
  await leaveBehind();
  const stored = Object.values(localStorage) as string[];
  expect(stored.length).toBeGreaterThan(0);
  const { metrics } = start();
  metrics.trackAction("next");
  metrics.flush();
  await page.events();
  const bodies = page.network.sent.map(({ body }) => body);
  for (const body of stored) expect(bodies).toContain(body);
  expect(localStorage).toHaveLength(0);
});

test.each(
  COLLECTORS.flatMap((one) => COLLECTORS.filter((other) => other !== one).map((other) => [one, other])),
)("what %s did not take is not sent to %s, and a denial there does not delete it", async (one, other) => {
  await leaveBehind(one);
  const stored = Object.fromEntries(Object.entries(localStorage));
  const { metrics } = start(other);
  metrics.trackAction("next");
  metrics.flush();
  await page.events();
  metrics.setConsent("denied");
  expect(Object.fromEntries(Object.entries(localStorage))).toEqual(stored);
  const bodies = page.network.sent.filter(({ url }) => url === other).map(({ body }) => body);
  for (const body of Object.values(stored)) expect(bodies).not.toContain(body);
});

test("at most eight batches are stored", async () => {
  fail(100);
  const { metrics } = start();
  metrics.flush();
  for (let index = 0; index < 15; index += 1) {
    metrics.trackAction(`a${index}`);
    metrics.flush();
    await settle();
  }
  expect(localStorage).toHaveLength(8);
});

test("what another script stored under such a key loses only itself", async () => {
  localStorage["rumkit.batch /collect 0"] = "{";
  const { metrics } = start();
  metrics.trackAction("a");
  metrics.flush();
  expect(await page.events("action")).toHaveLength(1);
});

test("what another script stored under such a key does not keep the batches of earlier pages from their way", async () => {
  localStorage["rumkit.batch /collect 0"] = "{";
  await leaveBehind();
  const stored = (Object.values(localStorage) as string[]).slice(1);
  expect(stored).not.toEqual([]);
  const { metrics } = start();
  metrics.trackAction("next");
  metrics.flush();
  await page.events();
  const bodies = page.network.sent.map(({ body }) => body);
  for (const body of stored) expect(bodies).toContain(body);
  expect(Object.values(localStorage)).toEqual(["{"]);
});

test("storage that is full costs nothing but the storage", async () => {
  vi.spyOn(Storage.prototype, "setItem").mockImplementation(() => {
    throw new DOMException("full", "QuotaExceededError");
  });
  fail(1);
  const { metrics } = start();
  metrics.trackAction("a");
  metrics.flush();
  await settle();
  metrics.trackAction("b");
  metrics.flush();
  expect((await page.events("action")).map((event) => (event as { name: string }).name)).toEqual(
    expect.arrayContaining(["a", "b"]),
  );
  vi.mocked(Storage.prototype.setItem).mockRestore();
});

describe("on an exit, a batch in flight", () => {
  const leave = (url: string): void => {
    const { metrics } = start(url);
    metrics.trackAction("a");
    vi.advanceTimersByTime(1_000);
    window.dispatchEvent(new Event("pagehide"));
  };

  test("to the page's own origin arrives without a copy", () => {
    // Every browser that the test is about has it; happy-dom has not.
    Object.defineProperty(Request.prototype, "keepalive", { value: true, configurable: true });
    onTestFinished(() => void Reflect.deleteProperty(Request.prototype, "keepalive"));
    leave("/collect");
    expect(page.network.sent).toHaveLength(1);
    expect(localStorage).toHaveLength(0);
  });

  test.each(["https://rum.example/collect", "//rum.example/collect"])(
    "to %s is kept until it is answered",
    async (url) => {
      leave(url);
      expect(Object.values(localStorage)).toEqual([page.network.sent[0]!.body]);
      // The page was not left after all, or came back.
      await settle();
      expect(localStorage).toHaveLength(0);
    },
  );

  test("through a service worker is kept, and given to the browser as well", () => {
    Object.defineProperty(navigator, "serviceWorker", { value: { controller: {} }, configurable: true });
    const later: unknown[] = [];
    vi.stubGlobal("fetchLater", (...given: unknown[]) => later.push(given));
    leave("/collect");
    const { body } = page.network.sent[0]!;
    expect(Object.values(localStorage)).toEqual([body]);
    expect(later).toEqual([["/collect", { method: "POST", body, credentials: undefined }]]);
  });
});
