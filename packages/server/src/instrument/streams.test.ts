import { once } from "node:events";
import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setImmediate as turn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { defineCatalog } from "@rumkit/protocol";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import { changes, scrape } from "../../../../test/support/scrape.ts";
import { until } from "../../../../test/support/streamClient.ts";
import { createCollector } from "../collector/createCollector.ts";
import { MAX_STREAM_SETS } from "./streamSeries.ts";

const catalog = defineCatalog({ app: "shop", routes: ["/"] });

async function openCollector() {
  const collector = createCollector({ catalog, runtimeMetrics: false, environment: "production" });
  onTestFinished(() => collector.stop());
  const before = await scrape(collector.app);
  const counted = async (families: string) =>
    changes(before, await scrape(collector.app), new RegExp(`^${families}`));
  /** Counts that tell how many streams began, are read, and ended, without their times. */
  const outcome = async () =>
    counted("stream(s_started_total|s_active|_duration_seconds_count|_items_total)");
  return { ...collector, counted, outcome };
}

const NAME = 'stream="chat"';
const ended = (outcome: string, items: number) => ({
  [`streams_started_total{${NAME}}`]: 1,
  [`stream_duration_seconds_count{${NAME},outcome="${outcome}"}`]: 1,
  ...(items > 0 && { [`stream_items_total{${NAME}}`]: items }),
});

/** A source of three items, in each form that an app may stream. `fails`: an error comes in place of the third. */
const sources = {
  "a web stream": (fails: boolean) => {
    let place = 0;
    return new ReadableStream<string>({
      pull: (controller) => {
        place += 1;
        if (place === 3 && fails) controller.error(new Error("broken"));
        else if (place > 3) controller.close();
        else controller.enqueue(`item ${place}`);
      },
    });
  },
  "a stream of bytes": (fails: boolean) => {
    let place = 0;
    return new ReadableStream({
      type: "bytes",
      pull: (controller) => {
        place += 1;
        if (place === 3 && fails) controller.error(new Error("broken"));
        else if (place > 3) {
          controller.close();
          controller.byobRequest?.respond(0);
        } else controller.enqueue(new TextEncoder().encode(`item ${place}`));
      },
    });
  },
  "an async generator": async function* (fails: boolean) {
    yield "item 1";
    yield "item 2";
    if (fails) throw new Error("broken");
    yield "item 3";
  },
  "an async iterable": (fails: boolean) => ({
    [Symbol.asyncIterator]: () => sources["an async generator"](fails),
  }),
  "a frozen iterable": (fails: boolean) =>
    Object.freeze({ [Symbol.asyncIterator]: () => sources["an async generator"](fails) }),
  "a Readable": (fails: boolean) => Readable.from(sources["an async generator"](fails)),
};
const forms = Object.entries(sources) as [string, (fails: boolean) => AsyncIterable<unknown>][];

async function readAll(stream: AsyncIterable<unknown>): Promise<string[]> {
  const items: string[] = [];
  for await (const item of stream)
    items.push(item instanceof Uint8Array ? new TextDecoder().decode(item) : String(item));
  return items;
}

describe.each(forms)("%s", (_name, create) => {
  test("gives every item, and counts them and its end", async () => {
    const { trackStream, outcome } = await openCollector();
    expect(await readAll(trackStream("chat", create(false)))).toEqual(["item 1", "item 2", "item 3"]);
    await until(async () => expect(await outcome()).toEqual(ended("done", 3)));
  });

  test("fails as it would fail, and counts as failed", async () => {
    const { trackStream, outcome } = await openCollector();
    await expect(readAll(trackStream("chat", create(true)))).rejects.toThrow("broken");
    await until(async () => {
      const { [`stream_items_total{${NAME}}`]: items, ...rest } = await outcome();
      expect(rest).toEqual(ended("error", 0));
      // An error may overtake items that wait.
      expect(items).toBeLessThanOrEqual(2);
    });
  });

  test("counts as canceled if its reader leaves, and its source learns of it", async () => {
    const { trackStream, outcome } = await openCollector();
    for await (const item of trackStream("chat", create(false))) {
      expect(item).toBeDefined();
      break;
    }
    await until(async () => {
      const { [`stream_items_total{${NAME}}`]: _items, ...rest } = await outcome();
      expect(rest).toEqual(ended("canceled", 0));
    });
  });

  test("is active until its end", async () => {
    const { trackStream, counted } = await openCollector();
    const stream = trackStream("chat", create(false));
    expect(await counted("streams_active")).toEqual({ [`streams_active{${NAME}}`]: 1 });
    await readAll(stream);
    await until(async () => expect(await counted("streams_active")).toEqual({}));
  });
});

describe("what a stream does stays the same", () => {
  test("the source is asked only when its reader asks", async () => {
    const { trackStream } = await openCollector();
    let pulls = 0;
    const source = new ReadableStream<number>(
      { pull: (controller) => controller.enqueue((pulls += 1)) },
      { highWaterMark: 0 },
    );
    const reader = trackStream("chat", source).getReader();
    await turn();
    expect(pulls).toBe(0);
    await reader.read();
    await turn();
    expect(pulls).toBe(1);
    await reader.cancel();
  });

  test("the reason of a cancellation reaches the source", async () => {
    const { trackStream } = await openCollector();
    const cancel = vi.fn<(reason: unknown) => void>();
    await trackStream("chat", new ReadableStream({ cancel })).cancel("enough");
    expect(cancel).toHaveBeenCalledWith("enough");
  });

  test("a reader with its own buffer reads a stream of bytes to its end", async () => {
    const { trackStream, outcome } = await openCollector();
    const stream = trackStream("chat", sources["a stream of bytes"](false));
    const reader = stream.getReader({ mode: "byob" });
    let text = "";
    for (;;) {
      const { done, value } = await reader.read(new Uint8Array(100));
      text += new TextDecoder().decode(value);
      if (done) break;
    }
    expect(text).toBe("item 1item 2item 3");
    expect(await outcome()).toEqual(ended("done", 3));
  });

  test("a Response keeps its status and its headers", async () => {
    const { trackStream, outcome } = await openCollector();
    const body = sources["a stream of bytes"](false);
    const source = new Response(body, { status: 206, headers: { "x-model": "m" } });
    const response = trackStream("chat", source);
    expect([response.status, response.headers.get("x-model")]).toEqual([206, "m"]);
    expect(await response.text()).toBe("item 1item 2item 3");
    expect(await outcome()).toEqual(ended("done", 3));
  });

  test("a Readable is the same object, does not flow by itself, and waits for its reader", async () => {
    const { trackStream } = await openCollector();
    const source = new PassThrough({ highWaterMark: 4 });
    expect(trackStream("chat", source)).toBe(source);
    source.write("a");
    await turn();
    expect(source.readableFlowing).toBe(null);
    expect(source.write("bcdefgh")).toBe(false);
    source.end();
    const read: string[] = [];
    await pipeline(source, async (chunks: AsyncIterable<Buffer>) => {
      for await (const chunk of chunks) read.push(chunk.toString());
    });
    expect(read.join("")).toBe("abcdefgh");
  });

  test("an error of a Readable that the app does not handle is still the app's", async () => {
    const { trackStream } = await openCollector();
    const source = trackStream("chat", new Readable({ read: () => {} }));
    expect(source.listenerCount("error")).toBe(0);
    const failed = once(source, "close");
    source.destroy(new Error("broken"));
    await expect(failed).rejects.toThrow("broken");
  });

  test("a value other than a stream, and a stream that is read already, is returned as it is and refused", async () => {
    const { trackStream, counted } = await openCollector();
    const locked = new ReadableStream();
    locked.getReader();
    for (const source of [{}, [1, 2], locked]) expect(trackStream("chat", source)).toBe(source);
    expect(await counted("streams_started|rum_tracked_events_rejected")).toEqual({
      'rum_tracked_events_rejected_total{reason="bad_event"}': 3,
    });
  });
});

describe("the numbers", () => {
  test("are by stream, route and model; tokens are what the app counts", async () => {
    const { trackStream, counted } = await openCollector();
    const options = { route: "/v1/chat", model: "large", tokens: (item: string) => item.length };
    await readAll(trackStream("chat", sources["a web stream"](false), options));
    const labels = 'stream="chat",route="/v1/chat",model="large"';
    expect(await counted("stream_items_total|stream_first_item_seconds_count")).toEqual({
      [`stream_items_total{${labels}}`]: 18,
      [`stream_first_item_seconds_count{${labels}}`]: 1,
    });
  });

  test("have the tokens of answers that are sent whole, which begin no stream", async () => {
    const { trackStream, trackTokens, counted } = await openCollector();
    const options = { route: "/v1/chat", model: "large" };
    await readAll(trackStream("chat", sources["a web stream"](false), options));
    trackTokens("chat", 40, options);
    for (const tokens of [-1, Number.NaN, Number.POSITIVE_INFINITY]) trackTokens("chat", tokens, options);
    const labels = 'stream="chat",route="/v1/chat",model="large"';
    expect(await counted("stream(s_started_total|_items_total)")).toEqual({
      [`stream_items_total{${labels}}`]: 43,
      [`streams_started_total{${labels}}`]: 1,
    });
  });

  test("survive a function for tokens that throws or returns no number", async () => {
    const { trackStream, counted } = await openCollector();
    const faulty = [
      () => {
        throw new Error("of the app");
      },
      () => Number.NaN,
      () => -1,
    ];
    for (const tokens of faulty)
      await readAll(trackStream("chat", sources["a web stream"](false), { tokens }));
    expect(await counted("streams_started|stream_items_total")).toEqual({
      [`streams_started_total{${NAME}}`]: 3,
    });
  });

  test("time the first item from the request, and the rate from the first item to the last", async () => {
    vi.useFakeTimers({ toFake: ["performance"] });
    onTestFinished(() => void vi.useRealTimers());
    const { trackStream, counted } = await openCollector();
    const startedAt = performance.now();
    vi.advanceTimersByTime(1_000);
    const source = async function* () {
      vi.advanceTimersByTime(500);
      for (let item = 0; item < 11; item += 1) {
        yield item;
        vi.advanceTimersByTime(100);
      }
    };
    await readAll(trackStream("chat", source(), { startedAt }));
    expect(await counted("stream_(first_item_seconds|items_per_second|duration_seconds)_sum")).toEqual({
      [`stream_first_item_seconds_sum{${NAME}}`]: 1.5,
      [`stream_items_per_second_sum{${NAME}}`]: 10,
      [`stream_duration_seconds_sum{${NAME},outcome="done"}`]: 2.6,
    });
  });

  test("have a bounded number of label sets, whose active streams add up", async () => {
    const { trackStream, counted } = await openCollector();
    const streams = Array.from({ length: MAX_STREAM_SETS + 5 }, (_, index) =>
      trackStream("chat", sources["a web stream"](false), { model: `m${index}` }),
    );
    expect(await counted('streams_active{stream="__other__"')).toEqual({
      'streams_active{stream="__other__"}': 5,
    });
    expect(Object.keys(await counted("streams_started_total"))).toHaveLength(MAX_STREAM_SETS + 1);
    for (const stream of streams) await stream.cancel();
    expect(await counted("streams_active")).toEqual({});
  });

  test("end for a stream that the app has forgotten", async () => {
    setFlagsFromString("--expose-gc");
    const collectGarbage = runInNewContext("gc") as () => void;
    const { trackStream, outcome } = await openCollector();
    (() => trackStream("chat", sources["an async generator"](false)))();
    await until(async () => {
      await turn();
      collectGarbage();
      expect(await outcome()).toEqual(ended("canceled", 0));
    });
  });
});
