import { expect, test } from "vitest";
import type { CollectError } from "./collectError.ts";
import { createOriginPolicy } from "./originPolicy.ts";

const policy = createOriginPolicy(["https://shop.example"]);

function decide(origin: string | undefined, host = "rum.example", fetchSite?: string): string {
  try {
    return policy({ origin, host, fetchSite }) ?? "same origin";
  } catch (error) {
    return (error as CollectError).code;
  }
}

test.each([
  ["the collector's own host", "https://rum.example", "same origin"],
  ["a listed origin", "https://shop.example", "https://shop.example"],
  ["another origin", "https://evil.example", "origin_denied"],
  ["a listed origin over http", "http://shop.example", "origin_denied"],
  ["a listed origin on another port", "https://shop.example:8443", "origin_denied"],
  ["a name that starts with the host", "https://rum.example.evil", "origin_denied"],
  ["a sandboxed frame", "null", "origin_denied"],
  ["nonsense", "x", "origin_denied"],
  ["no origin at all", undefined, "origin_denied"],
])("%s", (_who, origin, verdict) => {
  expect(decide(origin)).toBe(verdict);
});

test("a browser that says same-origin itself needs no Origin header", () => {
  expect(decide(undefined, "rum.example", "same-origin")).toBe("same origin");
});

test.each(["shop.example", "https://shop.example/path", "*", "null"])("%s is no origin to list", (origin) => {
  expect(() => createOriginPolicy([origin])).toThrow("Write scheme, host and port");
});
