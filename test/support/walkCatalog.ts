import { defineCatalog } from "@rumkit/protocol";

/** Knows the walk's paths beside their patterns: a path that is sent in place of its pattern shows. */
export const WALK_CATALOG = defineCatalog({
  app: "walk",
  routes: [
    "/users/1",
    "/users/2",
    "/users/3",
    "/u/@bob",
    "/files/a/b",
    "/",
    "/users/:id",
    "/files/*",
    "/broken/:id",
    "/u/:name",
    "/steer/:how",
  ],
});
