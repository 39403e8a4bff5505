import { describe, expect, test } from "vitest";
import { createRouteMatcher } from "./route.ts";

const match = createRouteMatcher(["/", "/product/new", "/product/:id", "/files/*", "/a/:b/c"]);

test.each([
  ["/", "/"],
  ["", "/"],
  ["/product/7", "/product/:id"],
  ["/product/7/", "/product/:id"],
  ["/product/new", "/product/new"],
  ["/product/:id", "/product/:id"],
  ["/product", "unmatched"],
  ["/product/7/reviews", "unmatched"],
  ["/files", "/files/*"],
  ["/files/a/b/c", "/files/*"],
  ["/a/x/c", "/a/:b/c"],
  ["/a/x/d", "unmatched"],
  ["/PRODUCT/7", "unmatched"],
])("%s is %s", (path, route) => {
  expect(match(path)).toBe(route);
});

test("a pattern with a dot or a bracket is not a regular expression", () => {
  expect(createRouteMatcher(["/v1.0/(x)"])("/v1a0/(x)")).toBe("unmatched");
});

describe("letters that addresses encode", () => {
  const encoded = createRouteMatcher([
    "/über/:id",
    "/caf%c3%a9",
    "/поиск/*",
    "/100%",
    "/a+b",
    "/50%25",
    "/bad%E0%A4",
    "/:encoded/%3Aid",
    "https://Bücher.example:443/suche/:id",
    "http://api.example:8080/ü",
  ]);
  test.each([
    ["/%C3%BCber/1", "/über/:id"],
    ["/%c3%bcber/1", "/über/:id"],
    ["/über/1", "/über/:id"],
    ["/%C3%BCber/%F0%9F%9A%80/", "/über/:id"],
    ["/%C3%BCber/%E0%A4%A", "/über/:id"],
    ["/%FCber/1", "unmatched"],
    ["/café", "/caf%c3%a9"],
    ["/caf%C3%A9", "/caf%c3%a9"],
    ["/%D0%BF%D0%BE%D0%B8%D1%81%D0%BA/a/b", "/поиск/*"],
    ["/100%", "/100%"],
    ["/100%25", "/100%"],
    ["/50%25", "/50%25"],
    ["/50%", "/50%25"],
    // A plus is a plus in a path.
    ["/a+b", "/a+b"],
    ["/a%2Bb", "/a+b"],
    ["/a%20b", "unmatched"],
    ["/bad%e0%a4", "/bad%E0%A4"],
    // An encoded slash separates nothing.
    ["/%C3%BCber%2F1", "unmatched"],
    ["/x/:id", "/:encoded/%3Aid"],
    ["/x/1", "unmatched"],
    ["https://xn--bcher-kva.example/suche/7", "https://Bücher.example:443/suche/:id"],
    ["http://api.example:8080/%C3%BC", "http://api.example:8080/ü"],
  ])("%s is %s", (path, route) => {
    expect(encoded(path)).toBe(route);
  });

  test("a pattern matches itself", () => {
    for (const pattern of ["/über/:id", "/caf%c3%a9", "/100%", "/bad%E0%A4", "/поиск/*"])
      expect(encoded(pattern)).toBe(pattern);
  });
});
