import { index, route, type RouteConfig } from "@react-router/dev/routes";

export default [
  index("routes/page.tsx", { id: "home" }),
  route("users/:id", "routes/page.tsx", { id: "user" }),
  route("files/*", "routes/page.tsx", { id: "files" }),
  route("broken/:id", "routes/broken.tsx"),
] satisfies RouteConfig;
