/** An edge or an aggregator that is killed: started by `cluster.ts`, which names role, log, folder and port. */
import { createServer } from "node:http";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import {
  type Broker,
  type ClusterOptions,
  createCollector,
  openBroker,
  openSqliteJournal,
} from "@rumkit/server";
import { Hono } from "hono";
import { atSigterm } from "../atSigterm.ts";
import { catalog } from "../kills/catalog.ts";

const env = (name: string): string => process.env[name]!;

/** Opens the log, as the manager of a process does by starting it again: it may be away. */
async function open(): Promise<Broker> {
  for (;;) {
    try {
      return await openBroker({
        url: env("BROKER"),
        app: catalog.app,
        partitions: Number(env("PARTITIONS")),
        allowUnsafe: true,
        answerMs: Number(env("ANSWER_MS")),
        log: { warn: () => {} },
      });
    } catch (error) {
      process.stderr.write(`${String(error)}\n`);
      await wait(50);
    }
  }
}

const broker = await open();
const isEdge = env("ROLE") === "edge";
const cluster: ClusterOptions = isEdge
  ? { role: "edge", broker, spool: join(env("FOLDER"), "spool") }
  : { role: "aggregate", broker, name: env("NAME") };
// Small checkpoints, so that kills meet them as often as commits.
const path = join(env("FOLDER"), "metrics.journal");
const journal = isEdge
  ? {}
  : { journal: await openSqliteJournal({ path, checkpointMs: 100, checkpointBytes: 65_536 }) };
const collector = createCollector({
  catalog,
  ...journal,
  cluster,
  environment: "production",
  runtimeMetrics: false,
  rateLimits: { perAddress: false },
});
const app = new Hono();
app.route("/", collector.app);
app.post("/buy", async (c) => {
  const { id, cents } = await c.req.json<{ id: string; cents: number }>();
  const outcome = await collector.trackConversion("purchase", { id, value: cents / 100, currency: "EUR" });
  return c.json({ outcome }, outcome === "rejected" ? 503 : 200);
});
const server = createServer(collector.nodeListener(app.fetch));
server.listen(Number(env("PORT")), "127.0.0.1", () => process.stdout.write("listening\n"));
atSigterm(() => {
  server.close();
  server.closeAllConnections();
  void collector
    .stop()
    .then(() => broker.close())
    .finally(() => process.exit(0));
});
