/** The shop's one collector. With `WORKERS` it is also the primary of a cluster, and replaces workers that die. */
import cluster from "node:cluster";
import { join } from "node:path";
import { createCollector, openSqliteJournal, serveWorkers } from "@rumkit/server";
import { atSigterm } from "../atSigterm.ts";
import { catalog } from "../kills/catalog.ts";

const journal = await openSqliteJournal({ path: join(process.env["FOLDER"]!, "metrics.journal") });
const collector = createCollector({ catalog, journal, environment: "production" });
await serveWorkers({ collector, socket: process.env["SOCKET"]! });
process.stdout.write("collecting\n");

cluster.setupPrimary({ exec: join(import.meta.dirname, "shopWorker.ts") });
const workers = Number(process.env["WORKERS"] ?? 0);
for (let worker = 0; worker < workers; worker += 1) cluster.fork();
let isEnding = false;
cluster.on("exit", () => isEnding || cluster.fork());
atSigterm(() => {
  isEnding = true;
  cluster.disconnect(() => void collector.stop().then(() => process.exit(0)));
  for (const worker of Object.values(cluster.workers ?? {})) worker?.process.kill("SIGTERM");
});
