import { act, cleanup, renderHook } from "@testing-library/react";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { usePolled } from "./usePolled.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  cleanup();
  vi.useRealTimers();
});

interface Asked {
  readonly answer: (value: string | undefined) => Promise<void>;
}

/** Polls every 5 seconds, with answers that the test gives. */
function poll(first: { key?: string | undefined; revision?: string }) {
  const asked: Asked[] = [];
  const load = (): Promise<string | undefined> =>
    new Promise((resolve) => {
      asked.push({ answer: (value) => act(async () => resolve(value)) });
    });
  const { result, rerender } = renderHook(
    ({ key, revision }: { key?: string | undefined; revision?: string }) =>
      usePolled(load, 5_000, key, { revision }),
    { initialProps: first },
  );
  const pass = (ms: number): void => act(() => void vi.advanceTimersByTime(ms));
  return { asked, result, rerender, pass };
}

test("asks now and then, and an answer stays until the next one", async () => {
  const { asked, result, pass } = poll({ key: "a" });
  expect(asked.length).toBe(1);
  await asked[0]!.answer("one");
  pass(5_000);
  expect([asked.length, result.current]).toEqual([2, "one"]);
  await asked[1]!.answer(undefined);
  expect(result.current).toBe("one");
  pass(5_000);
  await asked[2]!.answer("three");
  expect(result.current).toBe("three");
});

test("another revision asks at once, in a hidden tab too, and keeps the answer meanwhile", async () => {
  const { asked, result, rerender } = poll({ key: "a", revision: "1" });
  await asked[0]!.answer("one");
  const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
  rerender({ key: "a", revision: "2" });
  expect([asked.length, result.current]).toEqual([2, "one"]);
  await asked[1]!.answer("two");
  expect(result.current).toBe("two");
  rerender({ key: "a", revision: "2" });
  expect(asked.length).toBe(2);
  hidden.mockRestore();
});

test("an answer that comes after a newer one is dropped", async () => {
  const { asked, result, rerender } = poll({ key: "a", revision: "1" });
  rerender({ key: "a", revision: "2" });
  await asked[1]!.answer("new");
  await asked[0]!.answer("old");
  expect(result.current).toBe("new");
});

test("another key asks once, forgets the answer, and drops answers to the old one", async () => {
  const { asked, result, rerender } = poll({ key: "a", revision: "1" });
  await asked[0]!.answer("a");
  rerender({ key: "b", revision: "2" });
  expect([asked.length, result.current]).toEqual([2, undefined]);
  rerender({ key: "c", revision: "2" });
  await asked[1]!.answer("b");
  expect(result.current).toBeUndefined();
  await asked[2]!.answer("c");
  expect(result.current).toBe("c");
  rerender({ revision: "3" });
  expect([asked.length, result.current]).toEqual([3, undefined]);
});
