import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import type { LiveBoard, LiveDelta, LiveEvent, LiveFilter, LiveFrame } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { ShownEvents } from "../base/shownEvents.ts";
import { createScrubber } from "../scrub/createScrubber.ts";
import { createFeed, type Feed } from "./feed.ts";
import { StreamBody } from "../http/streamBody.ts";
import { startLiveStream } from "./liveStream.ts";

setFlagsFromString("--expose-gc");
const collectGarbage = runInNewContext("gc") as () => void;

const NO_BOARD = {
  judge: () => {},
  whole: () => ({}) as LiveBoard,
  watch: () => () => undefined,
};

let feed: Feed;

function newFeed(clock = (): number => 0): Feed {
  return createFeed({
    app: "shop",
    board: NO_BOARD,
    totalOf: () => ({ metric: "m", labels: {}, value: 1 }),
    totals: () => [],
    figures: [],
    scrub: createScrubber(),
    now: () => Date.now(),
    clock,
  });
}

beforeEach(() => {
  vi.useFakeTimers({ now: 1_800_000_000_000 });
  feed = newFeed();
});
afterEach(() => {
  feed.close();
  vi.useRealTimers();
});

/** Opens the stream of a viewer without a filter. */
function openStream(random?: () => number): ReadableStream<Uint8Array> {
  const body = new StreamBody();
  startLiveStream({
    feed,
    body,
    filter: {},
    lastEventId: undefined,
    onSkip: () => {},
    ...(random && { random }),
  });
  return body.toWeb();
}

let serial = 0;

/** Events of these types that were counted together, with a distinct name for each. */
function events(...types: string[]): ShownEvents {
  const described = types.map((type) => {
    serial += 1;
    return { source: "page" as const, type, name: String(serial), count: 1, details: {} };
  });
  const { length } = described;
  return {
    length,
    errors: 0,
    errorTimes: 0,
    types: () => types,
    describe: () => described,
    pageErrors: () => [],
  };
}

/** A viewer that can be stalled, and counts what it gets as a client does. */
function view(filter: LiveFilter = {}, lastEventId?: string) {
  let isReady = true;
  let text = "";
  const decoder = new TextDecoder();
  const frames: LiveFrame[] = [];
  const take = (bytes: Uint8Array): void => {
    text += decoder.decode(bytes, { stream: true });
    const blocks = text.split("\n\n");
    text = blocks.pop()!;
    for (const block of blocks) frames.push(JSON.parse(block.split("data: ")[1]!) as LiveFrame);
  };
  const viewer = { isReady: () => isReady, onFrame: take, onSkip: () => {}, onClose: () => {} };
  const subscription = feed.subscribe(viewer, filter, lastEventId)!;
  const size = subscription.first.reduce((sum, { length }) => sum + length, 0);
  subscription.first.forEach(take);
  return {
    frames,
    size,
    leave: subscription.unsubscribe,
    read: (reads: boolean) => {
      isReady = reads;
    },
  };
}

/** Adds up what frames sent and what they declared as skipped, by type. */
function account(frames: readonly LiveFrame[]) {
  const sent: Record<string, number> = {};
  const declared: Record<string, number> = {};
  const names: string[] = [];
  for (const frame of frames) {
    const { tail, skipped = {} } = frame;
    const added = frame.kind === "snapshot" ? (frame.newEvents ?? tail.length) : tail.length;
    const isNew = tail.slice(tail.length - added);
    for (const { type, name } of isNew) {
      sent[type] = (sent[type] ?? 0) + 1;
      names.push(name);
    }
    for (const [type, count] of Object.entries(skipped)) declared[type] = (declared[type] ?? 0) + count;
  }
  return { sent, declared, names };
}

function addUp(...counts: Record<string, number>[]): Record<string, number> {
  const all: Record<string, number> = {};
  for (const [type, count] of counts.flatMap((part) => Object.entries(part)))
    all[type] = (all[type] ?? 0) + count;
  return all;
}

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const TYPES = ["page_view", "action", "conversion", "error"];

describe("sent and skipped events add up to those that happened, for each type", () => {
  test.each([1, 2, 3, 4, 5, 6, 7, 8])("of viewers that stall, leave and resume (seed %i)", async (seed) => {
    const random = randomOf(seed);
    const happened: Record<string, number> = {};
    const filters: LiveFilter[] = [{}, { types: { include: ["conversion", "error"] } }];
    // One that always reads, so that the frames go on.
    const steady = view();
    const histories = filters.map((): LiveFrame[] => []);
    let viewers = filters.map((filter) => view(filter));
    for (let step = 0; step < 400; step += 1) {
      const burst = random() < 0.1 ? 1 + Math.floor(random() * 300) : Math.floor(random() * 3);
      const types = Array.from({ length: burst }, () => TYPES[Math.floor(random() * TYPES.length)]!);
      for (const type of types) happened[type] = (happened[type] ?? 0) + 1;
      feed.showEvents(events(...types), Date.now());
      for (const viewer of viewers) if (random() < 0.1) viewer.read(random() < 0.5);
      if (random() < 0.05) {
        viewers = viewers.map((viewer, index) => {
          viewer.leave();
          histories[index]!.push(...viewer.frames);
          const last = histories[index]!.at(-1)!.id;
          return view(filters[index], last);
        });
      }
      if (step % 5 === 4) feed.tick();
      await vi.advanceTimersByTimeAsync(200);
    }
    for (const viewer of viewers) viewer.read(true);
    feed.tick();
    const [all, rare] = viewers.map(({ frames }, index) => account([...histories[index]!, ...frames]));
    for (const { sent, declared, names } of [all!, account(steady.frames)]) {
      expect(addUp(sent, declared)).toEqual(happened);
      expect(new Set(names).size).toBe(names.length);
    }
    const { conversion, error } = happened;
    expect(addUp(rare!.sent, rare!.declared)).toEqual({ conversion, error });
    expect(new Set(rare!.names).size).toBe(rare!.names.length);
    // The case did occur.
    expect(Object.keys(all!.declared).length).toBeGreaterThan(0);
  });

  test("of a viewer that was behind for longer than any frame is kept", async () => {
    const viewer = view();
    viewer.read(false);
    for (let step = 0; step < 2_000; step += 1) {
      feed.showEvents(events("page_view", "conversion"), Date.now());
      await vi.advanceTimersByTimeAsync(100);
    }
    viewer.read(true);
    feed.tick();
    const { sent, declared } = account(viewer.frames);
    expect(declared).toEqual({ page_view: 1_975, conversion: 1_975 });
    expect(addUp(sent, declared)).toEqual({ page_view: 2_000, conversion: 2_000 });
  });
});

describe("a viewer that resumes gets the smaller one of replay and snapshot", () => {
  test("a replay of few frames, and a snapshot instead of many", async () => {
    const steady = view();
    const first = view();
    for (let step = 0; step < 300; step += 1) {
      feed.showEvents(events(...Array.from({ length: 40 }, () => "action")), Date.now());
      await vi.advanceTimersByTimeAsync(100);
    }
    const { frames } = first;
    const few = view({}, frames.at(-2)!.id);
    expect(few.frames.map(({ kind }) => kind)).toEqual(["delta"]);
    const whole = view();
    expect(whole.frames.map(({ kind }) => kind)).toEqual(["snapshot"]);
    for (let back = 2; back < frames.length; back += 10) {
      const resumed = view({}, frames.at(-back)!.id);
      // A snapshot after known frames says what was skipped.
      expect(resumed.size).toBeLessThanOrEqual(whole.size + 100);
      const { sent, declared } = account(resumed.frames);
      expect(addUp(sent, declared)).toEqual({ action: 40 * (back - 1) });
    }
    steady.leave();
  });

  test("nothing if it has the last frame", () => {
    const { frames } = view();
    expect(view({}, frames.at(-1)!.id).frames).toEqual([]);
  });

  test("by an id that is not known, a snapshot that says so", async () => {
    const [{ id }] = view().frames as [LiveFrame];
    for (const unknown of ["", "x", "00000000-0", `${id}9`, "-1", `${id}.5`]) {
      const [frame] = view({}, unknown).frames;
      expect(frame).toMatchObject({ kind: "snapshot", resumed: false });
    }
    expect(view().frames[0]).not.toHaveProperty("resumed");
  });
});

describe("frames are a heartbeat", () => {
  test("each viewer gets one a second with data, though nothing happens", async () => {
    const viewers = [view(), view({ types: { include: ["error"] } }), view({ interval: 1 })];
    for (let second = 0; second < 60; second += 1) {
      await vi.advanceTimersByTimeAsync(1_000);
      feed.tick();
    }
    await vi.advanceTimersByTimeAsync(500);
    for (const { frames } of viewers) {
      expect(frames.slice(1)).toHaveLength(60);
      expect(frames.slice(1).every(({ kind }) => kind === "delta")).toBe(true);
    }
  });

  test("at the interval that the viewer chose, with every point in between", async () => {
    const slow = view({ interval: 5 });
    const fast = view({ interval: 0.5 });
    for (let tenth = 1; tenth <= 600; tenth += 1) {
      feed.showEvents(events("action"), Date.now());
      await vi.advanceTimersByTimeAsync(100);
      if (tenth % 10 === 0) feed.tick();
    }
    expect(slow.frames.length).toBeGreaterThan(11);
    expect(slow.frames.length).toBeLessThanOrEqual(14);
    expect(fast.frames.length).toBeLessThanOrEqual(122);
    const seconds = slow.frames
      .slice(1)
      .flatMap((frame) => (frame as LiveDelta).points.map(({ second }) => second));
    expect(new Set(seconds).size).toBeGreaterThanOrEqual(55);
  });
});

describe("frames come as events do, with an event every five milliseconds", () => {
  /** The frames of a second in which each look at the clock takes so many milliseconds: a flush looks twice. */
  async function framesOfSecond(cost: number): Promise<number> {
    let clock = 0;
    feed.close();
    feed = newFeed(() => (clock += cost));
    const { frames } = view();
    // The mean cost settles.
    for (let step = 0; step < 2_000; step += 1) await push();
    const before = frames.length;
    for (let step = 0; step < 200; step += 1) await push();
    return frames.length - before;
  }
  async function push(): Promise<void> {
    feed.showEvents(events("page_view"), Date.now());
    await vi.advanceTimersByTimeAsync(5);
  }

  test("30 a second while they cost less than 2 % of a core", async () => {
    // A timer has whole milliseconds: 34 of them instead of 33.3.
    expect(await framesOfSecond(0)).toBeGreaterThanOrEqual(28);
    expect(await framesOfSecond(0.5)).toBeLessThanOrEqual(31);
  });

  test("fewer if they cost more, and 4 at the least", async () => {
    const some = await framesOfSecond(2);
    expect(some).toBeGreaterThanOrEqual(9);
    expect(some).toBeLessThanOrEqual(11);
    expect(await framesOfSecond(100)).toBe(4);
  });
});

test("viewers come back at different times after a restart", async () => {
  const waits: number[] = [];
  for (const luck of [0, 0.5, 0.999]) {
    const { value } = await openStream(() => luck)
      .getReader()
      .read();
    waits.push(Number(/^retry: (\d+)\n\n$/.exec(new TextDecoder().decode(value))?.[1]));
  }
  expect(waits).toEqual([1_000, 2_000, 2_998]);
});

test("viewers with the same filter share the bytes, and a filter that all have left makes room for another", async () => {
  const seen: Uint8Array[][] = [[], []];
  const own = seen.map((bytes) => ({
    isReady: () => true,
    onFrame: (frame: Uint8Array) => void bytes.push(frame),
    onSkip: () => {},
    onClose: () => {},
  }));
  for (const viewer of own) feed.subscribe(viewer, { types: { include: ["error"] } }, undefined);
  feed.showEvents(events("error"), Date.now());
  await vi.advanceTimersByTimeAsync(100);
  expect(seen[0]).toHaveLength(1);
  expect(seen[0]![0]).toBe(seen[1]![0]);
  const others = Array.from({ length: 99 }, (_, index) =>
    view({ labels: { route: { include: [String(index)] } } }),
  );
  const late = { isReady: () => true, onFrame: () => {}, onSkip: () => {}, onClose: () => {} };
  expect(feed.subscribe(late, { interval: 9 }, undefined)).toBeUndefined();
  others[50]!.leave();
  expect(feed.subscribe(late, { interval: 9 }, undefined)).toBeDefined();
});

test("a filter starts with the last events that it selects", () => {
  feed.showEvents(events("error", "action", "conversion"), 1);
  const { frames } = view({ types: { exclude: ["action"] } });
  expect(frames[0]!.tail.map(({ type }: LiveEvent) => type)).toEqual(["error", "conversion"]);
});

test("a viewer keeps nothing of the snapshot with which it began", async () => {
  const held = (): number => {
    collectGarbage();
    return process.memoryUsage().arrayBuffers;
  };
  const readers: ReadableStreamDefaultReader<Uint8Array>[] = [];
  const before = held();
  let snapshots = 0;
  for (let index = 0; index < 16; index += 1) {
    // Each viewer comes at another moment, so that each has a snapshot that no other has.
    feed.showEvents(events(...Array.from({ length: 50 }, () => "page_view".repeat(500))), Date.now());
    const reader = openStream().getReader();
    readers.push(reader);
    for (let chunk = 0; chunk < 3; chunk += 1) snapshots += (await reader.read()).value!.length;
    await vi.advanceTimersByTimeAsync(100);
  }
  // What waits for those that came before.
  for (const reader of readers) {
    let isRead = false;
    while (!isRead) {
      const next = reader.read();
      isRead = await Promise.race([next.then(() => false), Promise.resolve().then(() => true)]);
    }
  }
  expect(snapshots).toBeGreaterThan(3_000_000);
  // Buffers are freed by another thread, some time after the collection.
  vi.useRealTimers();
  await expect.poll(() => held() - before).toBeLessThan(1_500_000);
});

test("twenty viewers that never read hold no more memory after 39 hours of frames", async () => {
  const streams = Array.from({ length: 20 }, () => openStream());
  const run = (frames: number): void => {
    for (let second = 0; second < frames; second += 1) {
      if (second % 100 === 0) feed.showEvents(events("page_view", "conversion"), Date.now());
      vi.setSystemTime(Date.now() + 1_000);
      feed.tick();
    }
  };
  // Queues and kept frames are full then.
  run(2_000);
  const held = (): number => {
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    return heapUsed + arrayBuffers;
  };
  collectGarbage();
  const before = held();
  run(39 * 3_600);
  // Buffers are freed by another thread, some time after the collection.
  vi.useRealTimers();
  const growth = (): number => {
    collectGarbage();
    return held() - before;
  };
  await expect.poll(growth).toBeLessThan(10 * 1024 * 1024);
  expect(streams).toHaveLength(20);
}, 240_000);
