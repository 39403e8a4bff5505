/** The baseline behind Hono and its adapter for Node: what the framework itself costs a route that only parses. */
import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { announce } from "./announce.ts";

const app = new Hono().post("/collect", async (c) => {
  JSON.parse(await c.req.text());
  return c.body(null, 204);
});
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => announce(server));
