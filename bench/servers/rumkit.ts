/** The collector with every guard on and the memory journal, served by us beside an app. */
import { createCollector, serveCollector } from "@rumkit/server";
import { Hono } from "hono";
import { catalog } from "../batch.ts";
import { announce } from "./announce.ts";

const collector = createCollector({
  catalog,
  environment: "production",
  // On, and never reached.
  rateLimits: { perApp: { perSecond: 1_000_000 } },
});
const app = new Hono();
app.use(collector.httpMetrics());
app.route("/", collector.app);
const server = serveCollector({ collector, fetch: app.fetch });
server.once("listening", () => announce(server));
