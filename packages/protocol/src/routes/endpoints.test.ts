/** Endpoints of other origins: patterns that are whole URLs, against the URLs that browsers report. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRouteMatcher, UNMATCHED_ROUTE } from "./route.ts";

/** The URL as pages report it: without query and hash, in the form that the browser gives it. */
function reported(url: string): string {
  const { origin, pathname } = new URL(url);
  return origin + pathname;
}

describe("a pattern of another origin matches a URL in any spelling of its origin", () => {
  test.each([
    ["https://api.example.com/users/:id", "https://api.example.com/users/42"],
    ["https://API.Example.com/users/:id", "https://api.example.com/users/42"],
    ["HTTPS://api.example.com/users/:id", "https://api.example.com/users/42"],
    ["https://api.example.com:443/users/:id", "https://api.example.com/users/42"],
    ["http://api.example.com:80/a", "http://api.example.com/a"],
    ["https://api.example.com:8443/a", "https://api.example.com:8443/a"],
    ["https://bücher.example/ü/:id", "https://xn--bcher-kva.example/%C3%BC/1"],
    ["http://[::1]:80/a", "http://[::1]/a"],
    ["http://[0:0:0:0:0:0:0:1]/a", "http://[::1]/a"],
    ["http://127.1/a", "http://127.0.0.1/a"],
    ["https://api.example.com", "https://api.example.com/"],
    ["https://api.example.com/*", "https://api.example.com/"],
    ["https://api.example.com/*", "https://api.example.com/a/b/c"],
    ["https://ann:secret@api.example.com/a", "https://api.example.com/a"],
  ])("%s: %s", (pattern, url) => {
    expect(createRouteMatcher([pattern])(reported(url))).toBe(pattern);
  });
});

describe("another origin is another endpoint", () => {
  test.each([
    ["https://api.example.com/a", "http://api.example.com/a"],
    ["https://api.example.com/a", "https://api.example.com:8443/a"],
    ["https://api.example.com/a", "https://evil.example/api.example.com/a"],
    ["https://api.example.com/a", "https://api.example.com.evil.example/a"],
    ["https://api.example.com/a", "/a"],
    ["/a", "https://api.example.com/a"],
    ["/:a/:b/:c", "/a/b"],
    ["https://api.example.com/a", "https://api.example.com./a"],
  ])("%s is not %s", (pattern, url) => {
    expect(createRouteMatcher([pattern])(url)).toBe(UNMATCHED_ROUTE);
  });
});

test("a pattern with an invalid origin is compared as it stands, without an exception", () => {
  for (const pattern of [
    "https:",
    "https:/",
    "https://",
    "https:///a",
    "https://:443/a",
    "http://[::1/a",
    "https://a b/c",
  ])
    expect(createRouteMatcher([pattern])(pattern)).toBe(pattern);
});

test("every pattern of an origin matches itself, and the URL of the same words", () => {
  const word = fc.constantFrom("a", "users", "ü", "1.0", "constructor", "__proto__");
  const origin = fc.constantFrom(
    "https://api.example.com",
    "http://localhost:3000",
    "https://xn--bcher-kva.example",
  );
  fc.assert(
    fc.property(origin, fc.array(word, { maxLength: 4 }), fc.boolean(), (start, words, hasSplat) => {
      const pattern = [start, ...words, ...(hasSplat ? ["*"] : [])].join("/");
      const match = createRouteMatcher([pattern]);
      expect(match(pattern)).toBe(pattern);
      expect(match(reported([start, ...words].join("/")))).toBe(pattern);
      expect(match(`${[start, ...words].join("/")}/`)).toBe(pattern);
    }),
  );
});

describe("names of the prototype", () => {
  const NAMES = ["__proto__", "constructor", "toString", "hasOwnProperty"];

  test("are words of a path like any other", () => {
    const match = createRouteMatcher(["/a/__proto__", "/constructor/*", "/toString"]);
    expect(match("/a/__proto__")).toBe("/a/__proto__");
    expect(match("/constructor/x")).toBe("/constructor/*");
    expect(match("/toString")).toBe("/toString");
    for (const name of NAMES) expect(match(`/x/${name}`)).toBe(UNMATCHED_ROUTE);
  });

  test("are the value of a parameter like any other", () => {
    const match = createRouteMatcher(["/user/:id"]);
    for (const name of NAMES) expect(match(`/user/${name}`)).toBe("/user/:id");
  });
});

test("of patterns that match the same, the first one counts: also of a thousand", () => {
  const same = Array.from({ length: 1_000 }, (_, index) => `/a/:p${index}`);
  const match = createRouteMatcher([...same, "/a/b"]);
  expect(match("/a/b")).toBe("/a/:p0");
  expect(createRouteMatcher(["/a/b", ...same])("/a/b")).toBe("/a/b");
  expect(createRouteMatcher(["/a", "/a/", "//a"])("/a/")).toBe("/a");
});

test("a matcher remembers nothing: the same path has the same answer, between any others", () => {
  const match = createRouteMatcher(["/", "/a/:id", "/a/*", "/%zz"]);
  const paths = ["/", "/a/1", "/a/1/2", "/%ZZ", "/nothing", ""];
  const first = paths.map((path) => match(path));
  expect([...paths].toReversed().map((path) => match(path))).toEqual(first.toReversed());
  expect(first).toEqual(["/", "/a/:id", "/a/*", "/%zz", UNMATCHED_ROUTE, "/"]);
});
