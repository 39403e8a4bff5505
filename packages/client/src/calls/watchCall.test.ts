/* oxlint-disable unicorn/no-thenable -- the objects of query builders have one */
import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { describe, expect, test } from "vitest";
import { watchCall } from "./watchCall.ts";
import type { Until } from "./running.ts";

/** The calls that began, and how each ended, in order. */
let seen: string[] = [];

/** Follows a call, and returns what the app gets. */
function follow(call: (until: Until) => unknown, anyIterator = false): unknown {
  seen = [];
  return watchCall(
    call,
    () => {
      seen.push("begin");
      return {
        end: (outcome, value) =>
          seen.push(/^(string|number)$/.test(typeof value) ? `${outcome} ${value as string}` : outcome),
        postpone: () => seen.push("postpone"),
      };
    },
    anyIterator,
  );
}

describe("a value", () => {
  test.each([undefined, null, 7, "a", false])("ends the call: %s", (value) => {
    expect(follow(() => value)).toBe(value);
    expect(seen[0]).toBe("begin");
    expect(seen[1]).toMatch(/^done/);
    expect(seen).toHaveLength(2);
  });

  test("that is thrown ends it as an error, and is thrown", () => {
    const fault = new Error("of the app");
    expect(() =>
      follow(() => {
        throw fault;
      }),
    ).toThrow(fault);
    expect(seen).toEqual(["begin", "error"]);
  });
});

describe("a promise", () => {
  test("ends the call when it settles, with the same value", async () => {
    const result = follow(async () => "a") as Promise<string>;
    expect(seen).toEqual(["begin"]);
    expect(await result).toBe("a");
    expect(seen).toEqual(["begin", "done a"]);
  });

  test("rejects for the app as before", async () => {
    const fault = new Error("of the app");
    await expect(follow(() => Promise.reject(fault))).rejects.toBe(fault);
    expect(seen).toEqual(["begin", "error"]);
  });

  test("keeps its class and the members that a library has given it", async () => {
    class Own<Value> extends Promise<Value> {}
    const cancel = (): string => "canceled";
    const result = follow(() => Object.assign(Own.resolve(1), { cancel })) as Promise<number>;
    expect(result).toBeInstanceOf(Own);
    expect((result as unknown as { cancel: typeof cancel }).cancel()).toBe("canceled");
    expect(await result).toBe(1);
  });
});

describe("a query builder", () => {
  test("is the same object, begins with its first `then`, and runs once", async () => {
    let runs = 0;
    const builder = {
      then: (resolve: (value: number) => void): void => {
        runs += 1;
        resolve(runs);
      },
    };
    expect(follow(() => builder)).toBe(builder);
    expect([seen, runs]).toEqual([["begin", "postpone"], 0]);
    expect(await builder).toBe(1);
    expect(runs).toBe(1);
    expect(seen).toEqual(["begin", "postpone", "begin", "done 1"]);
  });

  test("that fails is an error", async () => {
    const builder = {
      then: (_resolve: unknown, reject: (error: Error) => void): void => reject(new Error("no")),
    };
    await expect(Promise.resolve(follow(() => builder))).rejects.toThrow("no");
    expect(seen).toEqual(["begin", "postpone", "begin", "error"]);
  });
});

describe("a generator", () => {
  function* count(): Generator<number> {
    yield 1;
    yield 2;
  }

  test("lasts from its first step to its last", () => {
    const steps = follow(() => count()) as Generator<number>;
    expect(seen).toEqual(["begin", "postpone"]);
    expect([...steps]).toEqual([1, 2]);
    expect(seen).toEqual(["begin", "postpone", "begin", "done"]);
  });

  test("that is left early is done", () => {
    for (const step of follow(() => count()) as Generator<number>) if (step === 1) break;
    expect(seen).toEqual(["begin", "postpone", "begin", "done"]);
  });

  test("that throws is an error, and throws", () => {
    const steps = follow(function* () {
      yield 1;
      throw new Error("no");
    }) as Generator<number>;
    expect(() => [...steps]).toThrow("no");
    expect(seen).toEqual(["begin", "postpone", "begin", "error"]);
  });
});

describe("a stream", () => {
  test("is the same object, and ends the call with its data", async () => {
    const stream = new PassThrough();
    expect(follow(() => stream)).toBe(stream);
    stream.end("data");
    await stream.toArray();
    expect(seen).toEqual(["begin", "done"]);
  });

  test("that breaks is an error, which the app still gets", async () => {
    const stream = new PassThrough();
    follow(() => stream);
    stream.destroy(new Error("no"));
    await expect(stream.toArray()).rejects.toThrow(/./);
    expect(seen).toEqual(["begin", "error"]);
  });
});

describe("a callback", () => {
  test.each([
    [undefined, "done"],
    [null, "done"],
    [new Error("no"), "error"],
  ])("with %s ends the call, whatever it returned", (error, outcome) => {
    let back: (error: unknown, value?: unknown) => unknown = () => {};
    const given: unknown[] = [];
    const result = follow((until) => {
      back = until((...args: unknown[]) => {
        given.push(...args);
        return "returned";
      });
      return Promise.resolve("ignored");
    });
    expect([result, seen]).toEqual([expect.any(Promise), ["begin"]]);
    expect(back(error, 7)).toBe("returned");
    expect(given).toEqual([error, 7]);
    expect(seen[1]).toMatch(new RegExp(`^${outcome}`));
    expect(seen).toHaveLength(2);
  });

  test("of a function that takes none is not waited for: parameters with defaults get no argument", () => {
    const call = (first: unknown = "default"): unknown => first;
    expect(follow(call as never)).toBe("default");
    expect(seen).toEqual(["begin", "done default"]);
  });
});

test("a driver's query object ends with its callback, and is the same object", () => {
  const calls: unknown[] = [];
  const query = Object.assign(new EventEmitter(), { onResult: (...args: unknown[]) => calls.push(args) });
  expect(follow(() => query)).toBe(query);
  query.onResult(null, "row");
  expect(calls).toEqual([[null, "row"]]);
  expect(seen).toEqual(["begin", "done row"]);
});

test("a result that cannot be looked at is the app's own, as it is", () => {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  expect(follow(() => proxy)).toBe(proxy);
  expect(seen[0]).toBe("begin");
  expect(seen).toHaveLength(2);
});
