import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { LAST_INSTANT } from "./limits.ts";
import {
  DEFAULT_LINK_SECONDS,
  LINK_PREFIX,
  linkEndsAt,
  MAX_LINK_SECONDS,
  MIN_LINK_SECONDS,
} from "./liveLink.ts";

describe("the end of a link", () => {
  test.each([
    ["rkl1.1000000000.x", 1_000_000_000_000],
    ["rkl1.9999999999.x", 9_999_999_999_000],
    ["rkl1.10000000000.x", 10_000_000_000_000],
    ["rkl1.99999999999.x", 99_999_999_999_000],
    ["rkl1.1764230400.", 1_764_230_400_000],
    ["rkl1.0000000001.x", 1_000],
  ])("of %s is %d", (token, end) => {
    expect(linkEndsAt(token)).toBe(end);
  });

  test.each([
    "",
    "rkl1",
    "rkl1.",
    "rkl1..",
    "rkl1.999999999.x",
    "rkl1.100000000000.x",
    "rkl1.1764230400",
    "rkl1.1764230400,x",
    "rkl1.+764230400.x",
    "rkl1.-1764230400.x",
    "rkl1. 1764230400.x",
    "rkl1.17642304e2.x",
    "rkl1.0x17642304.x",
    "rkl1.1_764_230_400.x",
    // Digits of other scripts are not digits of a token.
    "rkl1.١٧٦٤٢٣٠٤٠٠.x",
    "rkl1.１７６４２３０４００.x",
    "RKL1.1764230400.x",
    "rkl2.1764230400.x",
    "rkl11764230400.x",
    " rkl1.1764230400.x",
    "\nrkl1.1764230400.x",
    "Bearer rkl1.1764230400.x",
    "x\nrkl1.1764230400.x",
  ])("of %j is unknown", (token) => {
    expect(linkEndsAt(token)).toBeUndefined();
  });

  test("is an instant that a `Date` holds, and the seconds of the token to the letter", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1_000_000_000, max: 99_999_999_999 }),
        fc.base64String(),
        (seconds, rest) => {
          const end = linkEndsAt(`${LINK_PREFIX}${seconds}.${rest}`)!;
          expect(end / 1_000).toBe(seconds);
          expect(end).toBeLessThan(LAST_INSTANT);
          expect(new Date(end).getTime()).toBe(end);
        },
      ),
    );
  });

  test("is a number or undefined for any text, however long", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (rest) => {
        for (const text of [rest, LINK_PREFIX + rest]) {
          const end = linkEndsAt(text);
          expect(end === undefined || Number.isSafeInteger(end)).toBe(true);
        }
      }),
    );
    expect(linkEndsAt(LINK_PREFIX + "1".repeat(100_000))).toBeUndefined();
    expect(linkEndsAt(`${LINK_PREFIX}1764230400.${"x".repeat(100_000)}`)).toBe(1_764_230_400_000);
  });
});

test("the prefix is one that the reader knows, and that needs no encoding in a fragment or a header", () => {
  expect(linkEndsAt(`${LINK_PREFIX}1764230400.x`)).toBeDefined();
  expect(encodeURIComponent(LINK_PREFIX)).toBe(LINK_PREFIX);
  expect(LINK_PREFIX).toMatch(/^[a-z\d]+\.$/);
});

test("a link is valid for a day, and for a minute to 30 days if that is asked for", () => {
  expect(DEFAULT_LINK_SECONDS).toBe(24 * 60 * 60);
  expect(MIN_LINK_SECONDS).toBe(60);
  expect(MAX_LINK_SECONDS).toBe(30 * 24 * 60 * 60);
  expect(DEFAULT_LINK_SECONDS).toBeGreaterThan(MIN_LINK_SECONDS);
  expect(DEFAULT_LINK_SECONDS).toBeLessThan(MAX_LINK_SECONDS);
});

test("the longest link that is made today has ten digits, as the reader asks for", () => {
  const ofToday = Math.floor(Date.now() / 1_000) + MAX_LINK_SECONDS;
  expect(linkEndsAt(`${LINK_PREFIX}${ofToday}.x`)).toBe(ofToday * 1_000);
});
