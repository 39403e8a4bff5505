import { assert, integer, property, string } from "fast-check";
import { expect, test } from "vitest";
import { cleanLine, cleanLines } from "./cleanText.ts";
import { bytesOf, cutText } from "./cutText.ts";

test.each([
  ["abc", 3, "abc"],
  ["abcd", 3, "ab…"],
  ["", 0, ""],
  ["ab", 0, ""],
  ["ab", 1, "…"],
  ["👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 13, "👩‍👩‍👧‍👦…"],
  ["👩‍👩‍👧‍👦👩‍👩‍👧‍👦", 11, "…"],
  ["e\u0301e\u0301e\u0301", 5, "e\u0301e\u0301…"],
  [`z${"\u0335".repeat(300)}`, 10, "…"],
])("%j in %i", (text, max, cut) => {
  expect(cutText(text, max)).toBe(cut);
});

test("an escape is never cut", () => {
  const escape = (text: string) => text.replaceAll("&", "&amp;");
  expect(cutText("&&&", 15, { escape })).toBe("&amp;&amp;&amp;");
  expect(cutText("&&&", 14, { escape })).toBe("&amp;&amp;…");
  expect(cutText("&&&", 10, { escape })).toBe("&amp;…");
});

test("every text fits, is well formed, and is whole if it may be", () => {
  assert(
    property(string({ unit: "binary", maxLength: 80 }), integer({ min: 0, max: 90 }), (text, max) => {
      for (const measure of [bytesOf, (part: string) => part.length]) {
        const cut = cutText(text, max, { measure });
        expect(measure(cut)).toBeLessThanOrEqual(max);
        expect(cut.isWellFormed()).toBe(true);
        if (measure(text) <= max) expect(cut).toBe(text);
      }
    }),
    { seed: 14, numRuns: 60 },
  );
});

test("characters that are obeyed are removed, and halves of pairs replaced", () => {
  expect(cleanLine("a\u0000b\u202Ec\u2066\r\nd\u2028e \uD83D 👩‍👧 \u001b[31m")).toBe("abc d e \uFFFD 👩‍👧 [31m");
  expect(cleanLines("one\r\ntwo\u0007 \n\n three ")).toBe("one\ntwo\n\nthree");
});
