/** The collector with every guard on and the memory journal, mounted as the README says. */
import { serve } from "@hono/node-server";
import { createCollector } from "@rumkit/server";
import { Hono } from "hono";
import { catalog } from "../batch.ts";
import { announce } from "./announce.ts";

const collector = createCollector({ catalog, environment: "production" });
const app = new Hono();
app.use(collector.httpMetrics());
app.route("/", collector.app);
const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, () => announce(server));
