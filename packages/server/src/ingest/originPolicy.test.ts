import { expect, test } from "vitest";
import type { CollectError } from "./collectError.ts";
import { createOriginPolicy } from "./originPolicy.ts";

const policy = createOriginPolicy(["https://shop.example"], { ownHost: true });

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
  expect(() => createOriginPolicy([origin], { ownHost: true })).toThrow("Write scheme, host and port");
});

test("where the host may not choose, a request's own words open nothing", () => {
  const strict = createOriginPolicy([], { ownHost: false });
  const own = { origin: "https://rum.example", host: "rum.example", fetchSite: "same-origin" };
  expect(() => strict(own)).toThrow("may not report here");
  expect(() => strict({ ...own, origin: undefined })).toThrow("no Origin header");
});
