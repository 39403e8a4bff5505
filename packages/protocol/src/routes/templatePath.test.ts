import fc from "fast-check";
import { expect, test } from "vitest";
import { templatePath } from "../index.ts";

test.each([
  ["/", "/"],
  ["", ""],
  ["/orders/42", "/orders/:id"],
  ["/orders/42/", "/orders/:id/"],
  ["/orders/42/items/7", "/orders/:id/items/:id"],
  ["/call/555-0100", "/call/:id"],
  ["/orders/order-12345", "/orders/:id"],
  ["/invoices/INV_20481/pdf", "/invoices/:id/pdf"],
  ["/cart;jsessionid=1A2B3C4D5E6F7A8B", "/cart"],
  ["/shop;v=1.2;lang=en/cart;JSESSIONID=8F2A.node1/items", "/shop/cart/items"],
  ["/orders/42;jsessionid=8F2A", "/orders/:id"],
  ["/users/123e4567-e89b-12d3-a456-426614174000", "/users/:id"],
  ["/users/123E4567-E89B-12D3-A456-426614174000/edit", "/users/:id/edit"],
  ["/commit/4f2a9bc01", "/commit/:id"],
  ["/commit/da39a3ee5e6b4b0d3255bfef95601890afd80709", "/commit/:id"],
  ["/file/deadbeefdeadbeef", "/file/:id"],
  ["/file/deadbeef", "/file/deadbeef"],
  ["/share/1BxiMVs0XRA5nFMdKvBdBZjgmUUqptlbs74OgvE2upms", "/share/:id"],
  ["/share/V1StGXR8_Z5jdHi6B-myT0aQ9xLpW3eK7u", "/share/:id"],
  ["/event/01ARZ3NDEKTSV4RRFFQ69G5FAV", "/event/:id"],
  ["/event/cjld2cjxh0000qzrmn831i7rn", "/event/:id"],
  ["/log/2026-11-21", "/log/:date"],
  ["/log/2026-11-21T06:07:42Z", "/log/:date"],
  ["/member/ann@shop.example", "/member/:id"],
  ["/member/ann%40shop.example", "/member/:id"],
])("%s is %s", (path, template) => {
  expect(templatePath(path)).toBe(template);
});

test.each([
  "/product/salt-roads",
  "/top/top-1000",
  "/emoji/;)",
  "/product/the-100-best-games-of-2026",
  "/iPhone-15-Pro-Max-256GB",
  "/api/v2/search",
  "/product/:id",
  "/@name",
  "/internationalisation",
  "/decade/facade",
])("%s has no variable segment", (path) => {
  expect(templatePath(path)).toBe(path);
});

test("a template is its own template, and has as many segments as the path", () => {
  fc.assert(
    fc.property(fc.webPath(), (path) => {
      const template = templatePath(path);
      expect(templatePath(template)).toBe(template);
      expect(template.split("/")).toHaveLength(path.split("/").length);
    }),
  );
});

test("a segment of a body's length has its answer as soon as any other", () => {
  const length = 60_000;
  expect(templatePath("1".repeat(length))).toBe(":id");
  expect(templatePath(`a${"@".repeat(length)}b`)).toBe(":id");
  expect(templatePath(`${"1-".repeat(length / 2)}x`)).toMatch(/x$/);
  expect(templatePath("z".repeat(length))).toHaveLength(length);
  expect(templatePath("/".repeat(length))).toHaveLength(length);
});
