import fc from "fast-check";
import { expect, test } from "vitest";
import type { Alert } from "../alerts/alert.ts";
import { faultOfMatcher, readMatchers } from "./matchers.ts";

const alert = (labels: Readonly<Record<string, string>>, name = "ShopDown"): Alert =>
  ({ name, labels }) as Alert;
const matches = (matcher: string, value: string): boolean => readMatchers([matcher])(alert({ a: value }));

test.each([
  ["a=b", "b", "bb"],
  ['a="b"', "b", ""],
  ["a!=b", "c", "b"],
  [' a = "b c" ', "b c", "b"],
  ['a="say \\"hi\\""', 'say "hi"', "say hi"],
  ['a=~"b|c"', "c", "bc"],
  ["a=~b|c", "b", "a"],
  ['a=~"(b|c)"', "c", "(c)"],
  ['a=~"^(?:b|c)$"', "b", "^b"],
  ['a=~"/cart.*"', "/cart/1", "/car"],
  ['a=~".*/end"', "/the/end", "/end/x"],
  ['a=~".+"', "x", ""],
  ['a=~"b.+c.*d"', "bxcd", "bcd"],
  ['a=~"1\\\\.5"', "1.5", "1x5"],
  ['a!~"b.*"', "c", "bcd"],
  ['a=~""', "", "b"],
  ['a=~"b|"', "", "c"],
  ["a=", "", "b"],
  ['a="zero\\nlines"', "zero\nlines", "zero lines"],
])("%s matches %j, not %j", (matcher, yes, no) => {
  expect(matches(matcher, yes)).toBe(true);
  expect(matches(matcher, no)).toBe(false);
});

test("alertname is the name, a missing label is empty, and no label comes from a prototype", () => {
  expect(readMatchers(["alertname=ShopDown", "missing="])(alert({}))).toBe(true);
  expect(readMatchers(["constructor="])(alert({}))).toBe(true);
  expect(readMatchers(["toString!="])(alert({}))).toBe(false);
  expect(readMatchers([])(alert({}))).toBe(true);
});

test.each([
  "severity",
  "=b",
  "a=~[bc]",
  "a=~b{2}",
  "a=~b?",
  "a=~(b",
  'a="b',
  'a=b"c',
  "a=~b+",
  "1a=b",
  "a=~\\d",
  `a=${"x".repeat(2_000)}`,
])("%s is refused with advice", (matcher) => expect(faultOfMatcher(matcher)).toMatch(/^(must|has) /));

test("an expression means the same as the regular expression, for all that are accepted", () => {
  const piece = fc.constantFrom("a", "b", "ab", ".*", ".+", "\\.", "|", "/");
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 8 }), fc.stringMatching(/^[ab./|]{0,10}$/), (pieces, value) => {
      const source = pieces.join("");
      fc.pre(faultOfMatcher(`a=~${source}`) === undefined);
      expect(matches(`a=~${source}`, value)).toBe(new RegExp(`^(?:${source})$`, "s").test(value));
    }),
    { numRuns: 2_000 },
  );
});

test("a hostile expression and a hostile value cost little", () => {
  const matcher = `a=~"${".*a".repeat(300)}b"`;
  const value = "a".repeat(100_000);
  expect(matches(matcher, value)).toBe(false);
});
