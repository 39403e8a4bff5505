// @vitest-environment node
import { afterEach, expect, test, vi } from "vitest";
import { warnOnce } from "./warnOnce.ts";

afterEach(() => void vi.mocked(console.warn).mockClear());

test("prints each message once, marked as ours, and returns nothing", () => {
  for (const message of ["one", "two", "one", "two", "one"]) expect(warnOnce(message)).toBeUndefined();
  expect(vi.mocked(console.warn).mock.calls).toEqual([["[rumkit] one"], ["[rumkit] two"]]);
});
