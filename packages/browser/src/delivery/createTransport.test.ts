import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Network, recordNetwork } from "../../../../test/support/pageNetwork.ts";
import type { Batch } from "@rumkit/protocol";
import { createTransport } from "./createTransport.ts";

let network: Network;
let lost: string[];
let kept: Map<string, string>;
let add: (id: string) => void;
let send: (isLast?: boolean) => void;
let clear: () => void;

beforeEach(() => {
  vi.useFakeTimers();
  vi.spyOn(Math, "random").mockReturnValue(0.999_99);
  network = recordNetwork();
  lost = [];
  kept = new Map();
  const outbox = {
    add: (id: string, body: string) => void kept.set(id, body),
    delete: (id: string) => void kept.delete(id),
  };
  const hooks = { events: [], flushes: [], outbox };
  const transport = createTransport(
    { url: "/collect" },
    hooks,
    ({ id }, reason) => void lost.push(`${id}: ${reason}`),
  );
  add = (id) => transport[0]({ id, sentAt: Date.now() } as Batch, id);
  [, send, clear] = transport;
});
afterEach(() => {
  vi.mocked(Math.random).mockRestore();
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

const post = (id: string): void => {
  add(id);
  send();
};
const bodies = (): string[] => network.sent.map(({ body }) => body);

describe("while the page lives", () => {
  test("a batch is posted once, as text without a header, so that there is no preflight", async () => {
    post('{"v":1}');
    await vi.advanceTimersByTimeAsync(120_000);
    expect(network.sent).toEqual([
      {
        by: "fetch",
        url: "/collect",
        body: '{"v":1}',
        init: { method: "POST", keepalive: true, credentials: undefined },
      },
    ]);
  });

  test.each([401, 404, 405, 407, 408, 425, 429, 500, 503])(
    "after %d the same bytes are sent again",
    async (status) => {
      network.answers.push(new Response("", { status }));
      post("a");
      await vi.advanceTimersByTimeAsync(1_000);
      expect(bodies()).toEqual(["a", "a"]);
      expect(lost).toEqual([]);
    },
  );

  test("a network error is retried with doubling delays, so a blocked page sends few requests", async () => {
    network.answers.push(...Array.from({ length: 9 }, () => "refused" as const));
    post("a");
    const delays = [1, 2, 4, 8, 16, 32, 64, 128];
    for (const [index, seconds] of delays.entries()) {
      await vi.advanceTimersByTimeAsync(seconds * 1_000 - 200);
      expect(bodies()).toHaveLength(index + 1);
      await vi.advanceTimersByTimeAsync(200);
      expect(bodies()).toHaveLength(index + 2);
    }
    await vi.advanceTimersByTimeAsync(256_000);
    expect(new Set(bodies())).toEqual(new Set(["a"]));
  });

  test.each([200, 403])(
    "an HTML page as a response (%d) leads to a retry: of a login, of the app",
    async (status) => {
      const headers = { "content-type": "text/html; charset=utf-8" };
      network.answers.push(new Response("<!doctype html>", { status, headers }));
      post("a");
      await vi.advanceTimersByTimeAsync(1_000);
      expect([bodies(), lost]).toEqual([["a", "a"], []]);
    },
  );

  test("later replacements of fetch and timers have no effect", async () => {
    vi.stubGlobal("fetch", () => Promise.reject(new TypeError("patched")));
    vi.stubGlobal("setTimeout", () => 0);
    network.answers.push("refused");
    post("a");
    await vi.advanceTimersByTimeAsync(1_000);
    expect([bodies(), lost]).toEqual([["a", "a"], []]);
  });

  test("Retry-After is honored", async () => {
    network.answers.push(new Response("", { status: 429, headers: { "retry-after": "30" } }));
    post("a");
    await vi.advanceTimersByTimeAsync(29_900);
    expect(bodies()).toEqual(["a"]);
    // And the jitter of a first retry.
    await vi.advanceTimersByTimeAsync(1_200);
    expect(bodies()).toEqual(["a", "a"]);
  });

  test("after 422 the batch is not reported as lost: the collector has counted its events by reason", async () => {
    network.answers.push(new Response("", { status: 422 }));
    post("a");
    await vi.advanceTimersByTimeAsync(120_000);
    expect([bodies(), lost]).toEqual([["a"], []]);
  });

  test.each([400, 403, 413])("after %d the batch is lost, reported, and not sent again", async (status) => {
    network.answers.push(new Response("", { status }));
    post("a");
    await vi.advanceTimersByTimeAsync(120_000);
    expect(bodies()).toEqual(["a"]);
    expect(lost).toEqual(["a: refused"]);
  });

  test("batches wait while the collector is down and follow when it is back", async () => {
    network.answers.push("refused");
    post("a");
    await vi.advanceTimersByTimeAsync(0);
    post("b");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(bodies()).toEqual(["a", "a", "b"]);
  });

  test("batches beyond twenty are lost and reported", async () => {
    network.answers.push("refused");
    post("1");
    await vi.advanceTimersByTimeAsync(0);
    for (let index = 2; index <= 20; index += 1) post(String(index));
    expect(lost).toEqual([]);
    post("21");
    expect(lost).toEqual(["21: queue_full"]);
  });

  test("a batch that returns to a full queue is lost and not stored for the next visit", async () => {
    network.answers.push(...Array.from({ length: 2 }, () => "refused" as const));
    post("a");
    await vi.advanceTimersByTimeAsync(0);
    post("b");
    expect([...kept.keys()]).toEqual(["a", "b"]);
    // Both are on their way, and meanwhile others take all places.
    network.answers.push(...Array.from({ length: 2 }, () => "refused" as const));
    send(true);
    for (let index = 1; index <= 20; index += 1) add(String(index));
    await vi.advanceTimersByTimeAsync(0);
    expect(lost).toEqual(["a: queue_full", "b: queue_full"]);
    expect([...kept.keys()]).not.toContain("a");
    expect([...kept.keys()]).not.toContain("b");
  });

  test("waiting batches are stored for the next visit until they arrive", async () => {
    network.answers.push("refused");
    post("a");
    await vi.advanceTimersByTimeAsync(0);
    post("b");
    expect([...kept.keys()]).toEqual(["a", "b"]);
    await vi.advanceTimersByTimeAsync(2_000);
    expect([bodies(), [...kept]]).toEqual([["a", "a", "b"], []]);
  });
});

describe("a batch that is a day old", () => {
  test("expires and is reported, because the collector may have forgotten its id", async () => {
    network.answers.push(
      ...Array.from(
        { length: 3 },
        () => new Response("", { status: 503, headers: { "retry-after": "40000" } }),
      ),
    );
    post("a");
    await vi.advanceTimersByTimeAsync(130_000_000);
    expect(bodies()).toEqual(["a", "a", "a"]);
    expect(lost).toEqual(["a: expired"]);
  });
});

describe("when the page is hidden or leaves", () => {
  test("waiting batches are sent within the same task", () => {
    add("a");
    send(true);
    expect(network.sent).toMatchObject([{ by: "fetch", body: "a", init: { keepalive: true } }]);
  });

  test("batches in flight are not sent again: keepalive delivers them", () => {
    post("a");
    send(true);
    expect(bodies()).toEqual(["a"]);
  });

  test("everything is sent at once, also batches that wait for a retry, and responses are handled", async () => {
    network.answers.push("refused");
    post("a");
    await vi.advanceTimersByTimeAsync(0);
    add("b");
    network.answers.push("refused");
    send(true);
    expect(bodies()).toEqual(["a", "a", "b"]);
    await vi.advanceTimersByTimeAsync(60_000);
    expect(bodies()).toEqual(["a", "a", "b", "a"]);
    expect(lost).toEqual([]);
  });
});

describe("clear", () => {
  test("discards batches that wait for a retry, and sends nothing more", async () => {
    network.answers.push("refused");
    post("a");
    await vi.advanceTimersByTimeAsync(0);
    clear();
    await vi.advanceTimersByTimeAsync(200_000_000);
    expect([bodies(), lost]).toEqual([["a"], ["a: consent"]]);
  });

  test("discards batches that fail afterwards", async () => {
    network.answers.push("refused");
    post("a");
    clear();
    await vi.advanceTimersByTimeAsync(200_000_000);
    expect([bodies(), lost, [...kept]]).toEqual([["a"], ["a: consent"], []]);
  });
});
