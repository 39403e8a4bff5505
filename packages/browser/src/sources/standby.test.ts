/** Deferred requests of the browser, which happy-dom does not have: each call is recorded at the platform's edge. */
import type { Batch } from "@rumkit/protocol";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { recordSources } from "../../test/recordSources.ts";
import { standby } from "./standby.ts";
import { storedOutbox } from "./storedOutbox.ts";

interface Deferred {
  readonly url: string;
  readonly batch: Batch;
  readonly signal: AbortSignal;
  /** True if the older request was still there when this one was made. */
  readonly hadOlder: boolean;
  activated: boolean;
}

const page = recordSources();
let deferred: Deferred[];
/** Requests that the browser would send if the page died now. */
const held = (): Deferred[] => deferred.filter(({ signal, activated }) => !signal.aborted && !activated);
let isFull: boolean;

beforeEach(() => {
  deferred = [];
  isFull = false;
  vi.stubGlobal("fetchLater", (url: string, { body, signal }: { body: string; signal: AbortSignal }) => {
    if (isFull) throw new DOMException("no room", "QuotaExceededError");
    const request: Deferred = {
      url,
      batch: JSON.parse(body) as Batch,
      signal,
      hadOlder: held().length > 0,
      activated: false,
    };
    deferred.push(request);
    return request;
  });
});

/** A started client, whose gathered events are processed. */
function start(options?: Parameters<typeof page.start>[1]) {
  const started = page.start([standby(), storedOutbox()], options);
  vi.advanceTimersByTime(1_000);
  return started;
}

/** Waits until the script that runs has ended, and all that it left for then. */
const scriptEnd = (): Promise<unknown> => vi.advanceTimersByTimeAsync(0);

const names = ({ events }: Batch): unknown[] =>
  events.filter(({ type }) => type === "action").map((event) => (event as { name: string }).name);

describe("pending events", () => {
  test("are held when the script that recorded them has ended, with the id of the batch that is sent", async () => {
    const { metrics } = start();
    metrics.trackAction("a");
    expect(deferred).toEqual([]);
    await scriptEnd();
    expect(held().map(({ batch }) => names(batch))).toEqual([["a"]]);
    await page.events();
    expect(page.network.batches.map(({ id }) => id)).toEqual([deferred[0]!.batch.id]);
  });

  test("of a script share one request", async () => {
    const { metrics } = start();
    for (let index = 0; index < 20; index += 1) metrics.trackAction(`a${index}`);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(deferred).toHaveLength(1);
    expect(names(deferred[0]!.batch)).toHaveLength(20);
  });

  test("of a burst of scripts share one after the fifth, a tenth of a second later, and so in each batch", async () => {
    const { metrics } = start();
    for (let batch = 0; batch < 2; batch += 1) {
      deferred = [];
      for (let index = 0; index < 20; index += 1) {
        metrics.trackAction(`a${index}`);
        await scriptEnd();
      }
      expect(deferred).toHaveLength(5);
      await vi.advanceTimersByTimeAsync(100);
      expect(deferred).toHaveLength(6);
      expect(names(held()[0]!.batch)).toHaveLength(20);
      metrics.flush();
    }
  });

  test("that were sent by the script that recorded them are not held", async () => {
    const { metrics } = start();
    metrics.trackAction("a");
    metrics.flush();
    await vi.advanceTimersByTimeAsync(200);
    expect(deferred).toEqual([]);
  });

  test("that follow replace the request by one with all of them, without a gap between the two", async () => {
    const { metrics } = start();
    metrics.trackAction("a");
    await scriptEnd();
    metrics.trackAction("b");
    await scriptEnd();
    expect(deferred.map(({ hadOlder }) => hadOlder)).toEqual([false, true]);
    expect(held().map(({ batch }) => names(batch))).toEqual([["a", "b"]]);
  });

  test("are held no longer once they are sent", async () => {
    const { metrics } = start();
    metrics.trackAction("a");
    await scriptEnd();
    metrics.flush();
    expect(held()).toEqual([]);
    await page.events();
    expect(page.network.batches).toHaveLength(1);
  });

  test("are held no longer once they are stored, because a held copy with fewer events would have the same id", async () => {
    page.network.answers.push("refused");
    const { metrics } = start();
    metrics.trackAction("a");
    metrics.flush();
    await scriptEnd();
    metrics.trackAction("b");
    await scriptEnd();
    metrics.trackAction("c");
    // The first batch waits for its retry, so this one is stored.
    metrics.flush();
    expect(Object.values(localStorage).join()).toContain('"c"');
    expect(held()).toEqual([]);
  });

  test("stay held if they cannot be stored: the page may die before the retry", async () => {
    page.network.answers.push("refused");
    const { metrics } = start();
    metrics.trackAction("a");
    metrics.flush();
    await scriptEnd();
    const full = {
      set: () => {
        throw new DOMException("full", "QuotaExceededError");
      },
    };
    vi.stubGlobal("localStorage", new Proxy(localStorage, full));
    metrics.trackAction("b");
    await scriptEnd();
    metrics.flush();
    expect(held().map(({ batch }) => names(batch))).toEqual([["b"]]);
  });

  test("keep the older request if the browser refuses the new one", async () => {
    const { metrics } = start();
    metrics.trackAction("a");
    await scriptEnd();
    isFull = true;
    metrics.trackAction("b");
    await scriptEnd();
    expect(held().map(({ batch }) => names(batch))).toEqual([["a"]]);
  });

  test("are sent as usual by a browser without deferred requests", async () => {
    vi.stubGlobal("fetchLater", undefined);
    const { metrics } = start();
    metrics.trackAction("a");
    expect(await page.events("action")).toHaveLength(1);
    expect(page.network.batches[0]!.dropped).toBeUndefined();
  });

  test("go where the client sends, whatever a script does to `fetchLater` afterwards", async () => {
    const { metrics } = start({ url: "https://rum.example/collect" });
    vi.stubGlobal("fetchLater", () => {
      throw new Error("replaced");
    });
    metrics.trackAction("a");
    await scriptEnd();
    expect(held().map(({ url }) => url)).toEqual(["https://rum.example/collect"]);
  });
});

describe("a request that the browser has sent", () => {
  test("counts: its events are not sent again, and the next event is in a new batch", async () => {
    const { metrics } = start();
    metrics.trackAction("a");
    await scriptEnd();
    deferred[0]!.activated = true;
    metrics.trackAction("b");
    await page.events();
    expect(page.network.batches.map(names)).toEqual([["b"]]);
    expect(page.network.batches[0]!.id).not.toBe(deferred[0]!.batch.id);
    // The number that it had is not given again.
    expect([deferred[0]!.batch.seq ?? 0, page.network.batches[0]!.seq]).toEqual([0, 1]);
  });

  test("is not sent again on an exit", async () => {
    const { metrics } = start();
    metrics.trackAction("a");
    await scriptEnd();
    deferred[0]!.activated = true;
    window.dispatchEvent(new Event("pagehide"));
    expect(page.network.sent).toEqual([]);
  });
});

describe("a denial of consent", () => {
  test("takes the request back", async () => {
    const { metrics } = start();
    metrics.trackAction("a");
    await scriptEnd();
    metrics.setConsent("denied");
    expect(held()).toEqual([]);
  });

  test("deletes what is stored even if the browser has sent the request meanwhile", async () => {
    page.network.answers.push(...Array.from({ length: 3 }, () => "refused" as const));
    const { metrics } = start();
    metrics.trackAction("stored");
    metrics.flush();
    await vi.advanceTimersByTimeAsync(0);
    metrics.trackAction("stored, too");
    metrics.flush();
    metrics.trackAction("held");
    await scriptEnd();
    expect(localStorage.length).toBeGreaterThan(0);
    deferred.at(-1)!.activated = true;
    metrics.setConsent("denied");
    expect([localStorage.length, sessionStorage.length]).toEqual([0, 0]);
  });
});

test("a conversion leaves within a second, other events with the batch", async () => {
  const { metrics } = start();
  metrics.trackAction("a");
  await vi.advanceTimersByTimeAsync(1_100);
  expect(page.network.sent).toEqual([]);
  metrics.trackConversion("order");
  await vi.advanceTimersByTimeAsync(1_000);
  expect(page.network.counts()).toMatchObject({ action: 1, conversion: 1 });
});

test("a page that is frozen sends what waits: it may be discarded without a further event", () => {
  const { metrics } = start();
  metrics.trackAction("a");
  document.dispatchEvent(new Event("freeze"));
  expect(page.network.counts()).toMatchObject({ action: 1 });
});
