import { defineCatalog } from "@rumkit/protocol";

export const catalog = defineCatalog({
  app: "pages",
  routes: ["/users/1", "/users/2", "/users/3", "/files/a/b", "/", "/users/:id", "/files/*"],
});
