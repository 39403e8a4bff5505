// @vitest-environment node
import { expect, onTestFinished, test, vi } from "vitest";
import { randomId } from "./randomId.ts";

test("is 32 hexadecimal digits, another each time", () => {
  const ids = Array.from({ length: 500 }, randomId);
  for (const id of ids) expect(id).toMatch(/^[\da-f]{32}$/);
  expect(new Set(ids).size).toBe(500);
});

test("has a place for each of its 128 bits: small bytes keep their zero", () => {
  vi.spyOn(crypto, "getRandomValues").mockImplementation((bytes) => {
    (bytes as Uint8Array).set([0, 1, 15, 16, 127, 128, 255, 0, 1, 2, 3, 4, 5, 6, 7, 9]);
    return bytes;
  });
  onTestFinished(() => vi.mocked(crypto.getRandomValues).mockRestore());
  expect(randomId()).toBe("00010f107f80ff000102030405060709");
});
