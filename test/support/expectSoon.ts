import { expect, vi } from "vitest";

/** The matchers that tests wait with. */
const MATCHERS = [
  "toBe",
  "toContain",
  "toEqual",
  "toHaveLength",
  "toMatch",
  "toBeGreaterThan",
  "toBeGreaterThanOrEqual",
] as const;

type Soon = Readonly<Record<(typeof MATCHERS)[number], (expected: unknown) => Promise<void>>>;

/**
 * Waits until what `read` returns is as expected. Like `expect.poll`, which fails in tests that run beside each other: it
 * asks which test runs, and there is no such test after another one has ended.
 */
export function expectSoon(read: () => unknown): Soon {
  const waitWith = (matcher: (typeof MATCHERS)[number]) => (expected: unknown) =>
    vi.waitFor(async () => expect(await read())[matcher](expected as never), {
      interval: 50,
      timeout: 100_000,
    });
  return Object.fromEntries(MATCHERS.map((matcher) => [matcher, waitWith(matcher)])) as Soon;
}
