import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { decodeSegment } from "./decodeSegment.ts";

test.each([
  ["", ""],
  ["plain", "plain"],
  ["caf%C3%A9", "café"],
  ["caf%c3%a9", "café"],
  ["a%2Fb", "a/b"],
  ["a%20b", "a b"],
  ["a+b", "a+b"],
  ["%00", "\0"],
  ["%F0%9F%98%80", "😀"],
  ["%3Aid", ":id"],
  ["%2A", "*"],
  // Decoded once: `%2541` is the text `%41`, not the letter A.
  ["%2541", "%41"],
])("%j is %j", (segment, text) => {
  expect(decodeSegment(segment)).toBe(text);
});

describe("a malformed segment", () => {
  test.each([
    ["%", "%"],
    ["100%", "100%"],
    ["%zz", "%ZZ"],
    ["%e0%a4", "%E0%A4"],
    ["%c3%28", "%C3%28"],
    // A surrogate, and a letter in more bytes than it needs (RFC 3629, sections 3 and 10).
    ["%ed%a0%80", "%ED%A0%80"],
    ["%c0%af", "%C0%AF"],
    ["%f5%80%80%80", "%F5%80%80%80"],
    // One wrong escape leaves the right ones undecoded as well, so that no half of a text is compared.
    ["caf%c3%a9%", "caf%C3%A9%"],
  ])("%j keeps its escapes, in upper case: %j", (segment, text) => {
    expect(decodeSegment(segment)).toBe(text);
  });

  test("is the same in either case of its digits", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^(%[89a-f][\da-f]){1,6}$/), (segment) => {
        expect(decodeSegment(segment.toUpperCase())).toBe(decodeSegment(segment));
      }),
    );
  });
});

test("every text comes back from its encoding", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(decodeSegment(encodeURIComponent(text))).toBe(text);
    }),
  );
});

test("no text is an exception, also half of a surrogate pair", () => {
  const unit = fc.constantFrom("%", "c", "3", "a", "9", "\ud800", "\udc00", "é", "\0", "/");
  fc.assert(
    fc.property(fc.array(unit, { maxLength: 30 }), (units) => {
      expect(decodeSegment(units.join(""))).toBeTypeOf("string");
    }),
  );
});
