/** Routes against a second, slower definition of them: a regular expression for each pattern. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRouteMatcher, UNMATCHED_ROUTE } from "./route.ts";

/** Few words, so that paths often match. */
const word = fc.constantFrom("a", "b", "product", "ü", "1.0", "x(y)", "a+b", "$", "^");
const segment = fc.oneof({ weight: 3, arbitrary: word }, fc.constantFrom(":id", ":slug"));
const pattern = fc
  .tuple(fc.array(segment, { maxLength: 4 }), fc.boolean())
  .map(([segments, hasSplat]) => `/${[...segments, ...(hasSplat ? ["*"] : [])].join("/")}`);
const path = fc
  .tuple(
    fc.array(fc.oneof(word, fc.constantFrom("c", "42")), { maxLength: 5 }),
    fc.constantFrom("", "/", "//"),
  )
  .map(([words, end]) => `/${words.join("/")}${end}`);

function toExpression(route: string): RegExp {
  const segments = route.split("/").filter(Boolean);
  const source = segments.map((part, index) => {
    if (part === "*" && index === segments.length - 1) return "(/+[^/]+)*";
    return part.startsWith(":") ? "/+[^/]+" : `/+${part.replaceAll(/[$()*+.^]/g, String.raw`\$&`)}`;
  });
  return new RegExp(`^${source.join("")}/*$`, "u");
}

test("the first pattern that matches wins, and no other text does", () => {
  fc.assert(
    fc.property(fc.array(pattern, { maxLength: 6 }), path, (patterns, given) => {
      const expected = patterns.find((route) => toExpression(route).test(given)) ?? UNMATCHED_ROUTE;
      expect(createRouteMatcher(patterns)(given)).toBe(expected);
    }),
    { numRuns: 500 },
  );
});

test("a pattern that stands alone matches itself", () => {
  fc.assert(
    fc.property(pattern, (route) => {
      expect(createRouteMatcher([route])(route)).toBe(route);
    }),
  );
});

describe("the letters of a path", () => {
  const letters = fc
    .string({ unit: "grapheme", minLength: 1, maxLength: 8 })
    .filter((text) => text.isWellFormed() && !/[/%?#]|^[:*]/.test(text));

  test("count as the same, percent-encoded or not, on both sides", () => {
    fc.assert(
      fc.property(letters, (text) => {
        const encoded = encodeURIComponent(text);
        for (const [route, given] of [
          [text, encoded],
          [encoded, text],
          [text, encoded.toLowerCase().replaceAll(/%../g, (escape) => escape.toUpperCase())],
        ] as const) {
          // Lower case is another text, unless the text has no upper case.
          if (given !== encoded && given !== text && encoded !== encoded.toLowerCase()) continue;
          expect(createRouteMatcher([`/a/${route}`])(`/a/${given}`)).toBe(`/a/${route}`);
        }
      }),
    );
  });

  test("may be anything: the answer is a pattern or none, and the work is bounded by the length", () => {
    const match = createRouteMatcher(["/", "/a/:id", "/b/*", "/%zz"]);
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: "binary", maxLength: 200 }), fc.webPath()), (given) => {
        expect(["/", "/a/:id", "/b/*", "/%zz", UNMATCHED_ROUTE]).toContain(match(given));
      }),
    );
    expect(match("/b/" + "a/".repeat(30_000))).toBe("/b/*");
    expect(match("/".repeat(60_000))).toBe("/");
    expect(match("/a/" + "%".repeat(60_000))).toBe("/a/:id");
  });
});

test.each([
  [[], "/", UNMATCHED_ROUTE],
  [["/*"], "/", "/*"],
  [["/*", "/a"], "/a", "/*"],
  [["/a", "/*"], "/a", "/a"],
  [["/:a/:b"], "/x", UNMATCHED_ROUTE],
  // Only a last `*` stands for the rest.
  [["/*/a"], "/b/a", UNMATCHED_ROUTE],
  [["/*/a"], "/*/a", "/*/a"],
  [["/unmatched"], "/unmatched", "/unmatched"],
] as const)("of %j, %s is %s", (patterns, given, expected) => {
  expect(createRouteMatcher(patterns as readonly string[])(given)).toBe(expected);
});
