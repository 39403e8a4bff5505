import { expect, test } from "vitest";
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

test("a pattern with a dot or a bracket is no regular expression", () => {
  expect(createRouteMatcher(["/v1.0/(x)"])("/v1a0/(x)")).toBe("unmatched");
});
