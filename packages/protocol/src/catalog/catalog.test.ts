import { expect, test } from "vitest";
import { type Catalog, defineCatalog } from "./catalog.ts";

test("a catalog is returned as it is: what it means is decided by the collector", () => {
  const catalog: Catalog = Object.freeze({ app: "shop", routes: Object.freeze(["/"]) });
  expect(defineCatalog(catalog)).toBe(catalog);
});
