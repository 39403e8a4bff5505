/** The collector that is killed: started by `killLoop.ts`, which names port, folder and journal. */
import { createServer } from "node:http";
import { join } from "node:path";
import { createCollector, openSqliteJournal } from "@rumkit/server";
import { Hono } from "hono";
import { atSigterm } from "../atSigterm.ts";
import { catalog } from "./catalog.ts";

const port = Number(process.env["PORT"]);
const folder = process.env["FOLDER"]!;

// Small checkpoints, so that kills meet them as often as commits.
const journal =
  process.env["JOURNAL"] === "memory"
    ? {}
    : {
        journal: await openSqliteJournal({
          path: join(folder, "metrics.journal"),
          checkpointMs: 100,
          checkpointBytes: 65_536,
        }),
      };
const collector = createCollector({ catalog, ...journal, environment: "production", runtimeMetrics: false });
const app = new Hono();
app.route("/", collector.app);
app.post("/buy", async (c) => {
  const { id, cents } = await c.req.json<{ id: string; cents: number }>();
  const outcome = await collector.trackConversion("purchase", { id, value: cents / 100, currency: "EUR" });
  return c.json({ outcome }, outcome === "rejected" ? 503 : 200);
});

const server = createServer(collector.nodeListener(app.fetch));
server.listen(port, "127.0.0.1", () => process.stdout.write("listening\n"));
atSigterm(() => {
  server.close();
  server.closeAllConnections();
  void collector.stop().then(() => process.exit(0));
});
