import type { PageEvent } from "@rumkit/protocol";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { createQueue } from "./createQueue.ts";

let sent: PageEvent[][];
let dropped: string[];
let queue: ReturnType<typeof createQueue>;

beforeEach(() => {
  vi.useFakeTimers();
  sent = [];
  dropped = [];
  queue = createQueue(flush, (reason) => void dropped.push(reason));
});
afterEach(() => vi.useRealTimers());

const add = (event: object): void => queue[0]({ route: "/", ...event } as PageEvent);
const action = (name: string, details?: object): object => ({
  type: "action",
  name,
  ...(details && { details }),
});
const waiting = (): PageEvent[] => JSON.parse(JSON.stringify(queue[1]())) as PageEvent[];

function flush(): void {
  if (waiting().length > 0) sent.push(waiting());
  queue[2]();
}

describe("merging", () => {
  test("merges equal events into one with a count", () => {
    for (let index = 0; index < 1_500; index += 1) add(action("click"));
    expect(waiting()).toEqual([{ type: "action", name: "click", route: "/", count: 1_500 }]);
  });

  test("merges equal observations only", () => {
    for (const value of [1, 2, 1]) add({ type: "measurement", name: "load", value });
    expect(waiting()).toMatchObject([{ value: 1, count: 2 }, { value: 2 }]);
  });

  test("keeps events with different details separate", () => {
    add(action("buy", { category: "books" }));
    add(action("buy", { category: "games" }));
    expect(waiting()).toHaveLength(2);
  });

  test("omits repeated routes", () => {
    for (const [name, route] of [
      ["a", "/"],
      ["b", "/"],
      ["c", "/cart"],
      ["d", "/"],
    ] as const)
      add({ ...action(name), route });
    expect(waiting().map((event) => event.route)).toEqual(["/", undefined, "/cart", "/"]);
  });
});

describe("a batch is due", () => {
  test("five seconds after its first event", () => {
    add(action("a"));
    vi.advanceTimersByTime(4_000);
    add(action("b"));
    expect(sent).toEqual([]);
    vi.advanceTimersByTime(1_000);
    expect(sent).toMatchObject([[{ name: "a" }, { name: "b" }]]);
    vi.advanceTimersByTime(60_000);
    expect(sent).toHaveLength(1);
  });

  test("with its thirtieth distinct event", () => {
    for (let index = 0; index < 30; index += 1) add(action(String(index)));
    expect(sent).toMatchObject([{ length: 30 }]);
  });

  test("before it grows over 12 Ki units", () => {
    for (let index = 0; index < 5; index += 1) add(action(String(index), { text: "x".repeat(3_000) }));
    expect(sent).toMatchObject([{ length: 4 }]);
  });
});

describe("an oversize event", () => {
  test("is dropped once and counted", () => {
    add(action("a", { text: "x".repeat(20_000) }));
    expect([dropped, waiting()]).toEqual([["oversize"], []]);
  });
});
