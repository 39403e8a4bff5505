import fc from "fast-check";
import { expect, test } from "vitest";
import { toLabelValue } from "./descriptor.ts";

test.each([
  ["a carriage return and a line feed", "a\r\nb", "a\u{FFFD}\u{FFFD}b"],
  ["NUL and other controls of C0", "a\0b\u001B[31m", "a\u{FFFD}b\u{FFFD}[31m"],
  ["a control of C1", "a\u0085b", "a\u{FFFD}b"],
  ["a right-to-left override", "exe.\u202Egpj", "exe.\u{FFFD}gpj"],
  ["a bidi isolate", "a\u2066b\u2069", "a\u{FFFD}b\u{FFFD}"],
  ["a zero-width space, joiner and byte order mark", "a\u200Bb\u200Dc\uFEFF", "a\u{FFFD}b\u{FFFD}c\u{FFFD}"],
  ["a soft hyphen", "a\u00ADb", "a\u{FFFD}b"],
  ["a line separator", "a\u2028b", "a\u{FFFD}b"],
  ["a high surrogate alone", "a\uD83D", "a\u{FFFD}"],
  ["a low surrogate alone", "\uDE00b", "\u{FFFD}b"],
])("%s becomes the replacement character", (_what, text, value) => {
  expect(toLabelValue(text)).toBe(value);
});

test.each(['"} 1\nfake_total 99', "x,b:y", "x|y", "Größe", "漢字", "😀", "{}\\"])(
  "what can be seen stays: %j",
  (text) => {
    expect(toLabelValue(text)).toBe(text.replace("\n", "\u{FFFD}"));
  },
);

test("128 characters stay, and none is cut in two", () => {
  expect(toLabelValue("a".repeat(131_072))).toBe("a".repeat(128));
  expect(toLabelValue(`${"a".repeat(127)}😀`)).toBe("a".repeat(127));
  expect(toLabelValue(`${"a".repeat(126)}😀b`)).toBe(`${"a".repeat(126)}😀`);
});

test("a rule may ask for less, and for one case", () => {
  expect(toLabelValue("Chat-GPT", { maxLength: 4, lowerCase: true })).toBe("chat");
  // Its lower case has one code unit more.
  expect(toLabelValue("İİ", { maxLength: 2, lowerCase: true })).toHaveLength(2);
});

test("whatever comes, the value is well formed, bounded, and stays as it is", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary", maxLength: 200 }), fc.boolean(), (text, lowerCase) => {
      const value = toLabelValue(text, { lowerCase });
      expect(value.isWellFormed()).toBe(true);
      expect(value.length).toBeLessThanOrEqual(128);
      expect(toLabelValue(value, { lowerCase })).toBe(value);
    }),
    { numRuns: 50 },
  );
});
