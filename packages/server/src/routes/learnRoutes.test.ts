import { UNMATCHED_ROUTE } from "@rumkit/protocol";
import { assert, property, array, constantFrom, integer, oneof, string, webPath } from "fast-check";
import { describe, expect, test } from "vitest";
import { createRouteOf, learnedAtMost, learnRoutes } from "./learnRoutes.ts";

describe("a template", () => {
  test.each([
    ["/", "/"],
    ["", "/"],
    ["/cart/", "/cart"],
    ["/orders/42", "/orders/:id"],
    ["/orders/0b9d2c1e-6a4f-4a0e-9d55-3f1c2b7a8e90/lines", "/orders/:id/lines"],
    ["/commit/9fceb02d0ae598e95dc970b74767f19372d61af8", "/commit/:id"],
    ["/log/2026-11-21", "/log/:date"],
    ["/product/:productId", "/product/:productId"],
    ["/search/two words", "/search/:slug"],
    ["/search/%D0%B6", "/search/:slug"],
    [`/blog/${"long-title-".repeat(5)}`, "/blog/:slug"],
    ["/a/b/c/d/e/f/g/h/i/j", "/a/b/c/d/e/f/g/h/*"],
  ])("%s is of %s", (path, template) => {
    expect(learnRoutes({ max: 10 })(path)).toBe(template);
  });

  test("a place with many different words has a parameter from the 31st on; the words before keep their routes", () => {
    const learn = learnRoutes({ max: 1_000 });
    const slugs = Array.from(
      { length: 100 },
      (_, index) => `/blog/${"post".repeat((index % 9) + 1)}${letters(index)}`,
    );
    const routes = new Set(slugs.map(learn));
    expect(routes.size).toBe(31);
    expect(routes).toContain("/blog/:slug");
    expect(learn(slugs[0]!)).toBe(slugs[0]);
  });

  test("after the last template that may be learned there is `unmatched`, and what is known stays known", () => {
    const learn = learnRoutes({ max: 2 });
    expect(["/a", "/b", "/c", "/a", "/b"].map(learn)).toEqual(["/a", "/b", UNMATCHED_ROUTE, "/a", "/b"]);
  });
});

/** Different words without a digit, which would be ids. */
function letters(index: number): string {
  return String.fromCharCode(97 + (index % 26)) + String.fromCharCode(97 + Math.floor(index / 26));
}

describe("whatever comes", () => {
  const paths = array(
    oneof(
      webPath(),
      string().map((text) => `/${text}`),
      array(oneof(constantFrom("orders", "users", "blog", "42", ":id", "..", ""), string()), {
        maxLength: 12,
      }).map((segments) => `/${segments.join("/")}`),
    ),
    { maxLength: 200 },
  );

  test("the number of templates is bounded", () => {
    assert(
      property(paths, integer({ min: 1, max: 20 }), (all, max) => {
        const routes = new Set(all.map(learnRoutes({ max })));
        routes.delete(UNMATCHED_ROUTE);
        expect(routes.size).toBeLessThanOrEqual(max);
      }),
      { numRuns: 200 },
    );
  });

  test("a path keeps its template, whatever comes after it", () => {
    assert(
      property(paths, paths, (first, later) => {
        const learn = learnRoutes({ max: 50 });
        const before = first.map(learn);
        later.forEach(learn);
        // Nothing may be remembered but by the tree: more paths than the table holds come between.
        for (let index = 0; index < 1_100; index += 1) learn(`/filler/${index}`);
        expect(first.map(learn)).toEqual(before);
      }),
      { numRuns: 50 },
    );
  });

  test("a template is its own template, and has nothing in it that a label may not have", () => {
    assert(
      property(paths, (all) => {
        const learn = learnRoutes({ max: 1_000 });
        for (const route of all.map(learn)) {
          if (route !== UNMATCHED_ROUTE) expect(route).toMatch(/^\/[\w.~:/*-]{0,400}$/);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe("the route of a path", () => {
  test("is the first declared pattern that matches, before anything learned", () => {
    const routeOf = createRouteOf(["/orders/:order"], 10);
    expect(["/orders/1", "/users/1", UNMATCHED_ROUTE].map(routeOf)).toEqual([
      "/orders/:order",
      "/users/:id",
      UNMATCHED_ROUTE,
    ]);
  });

  test.each([0, 10])(
    "has no parameters of segments, such as the session of a Java server (%i learned)",
    (most) => {
      const routeOf = createRouteOf(["/cart", "/orders/:order"], most);
      expect(["/cart;jsessionid=8F2A", "/orders/1;v=2", "/cart;a=b/"].map(routeOf)).toEqual([
        "/cart",
        "/orders/:order",
        "/cart",
      ]);
      expect(routeOf("/order-12345;jsessionid=8F2A")).toBe(most === 0 ? UNMATCHED_ROUTE : "/:id");
    },
  );

  test("is learned where nothing is declared, or where the catalog says so", () => {
    const atMost = (learn?: boolean | { max: number }, routes: string[] = []) =>
      learnedAtMost({ app: "a", routes, ...(learn !== undefined && { learnRoutes: learn }) }, routes);
    expect([
      atMost(),
      atMost(undefined, ["/"]),
      atMost(true, ["/"]),
      atMost({ max: 7 }, ["/"]),
      atMost(false),
    ]).toEqual([100, 0, 100, 7, 0]);
  });
});
