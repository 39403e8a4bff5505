/**
 * The collector with every guard on, served by us beside an app. With a path in `JOURNAL` it keeps what it
 * counts there before it answers, else in memory. With `REFUSES` its rate limit is reached all the time.
 */
import { createCollector, createMemoryJournal, openSqliteJournal, serveCollector } from "@rumkit/server";
import { Hono } from "hono";
import { catalog } from "../batch.ts";
import { announce } from "./announce.ts";

const path = process.env["JOURNAL"];
const journal = path === undefined ? createMemoryJournal() : await openSqliteJournal({ path });
const collector = createCollector({
  catalog,
  journal,
  environment: "production",
  rateLimits: { perApp: { perSecond: process.env["REFUSES"] ? 1 : 1_000_000 } },
});
const app = new Hono();
app.use(collector.httpMetrics());
app.route("/", collector.app);
const server = serveCollector({ collector, fetch: app.fetch });
server.once("listening", () => announce(server));
