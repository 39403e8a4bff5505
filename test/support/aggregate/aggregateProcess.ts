/** An aggregator that is killed: started by `aggregators.ts`, which names log, folder and port. */
import { createServer } from "node:http";
import { join } from "node:path";
import { createCollector, openBroker, openSqliteJournal } from "@rumkit/server";
import { catalog } from "../kills/catalog.ts";

const env = (name: string): string => process.env[name]!;

const broker = await openBroker({ url: env("BROKER"), app: catalog.app, allowUnsafe: true });
const journal = await openSqliteJournal({
  path: join(env("FOLDER"), "metrics.journal"),
  // Small checkpoints, so that kills meet them as often as commits.
  checkpointMs: 100,
  checkpointBytes: 65_536,
});
const collector = createCollector({
  catalog,
  journal,
  environment: "production",
  runtimeMetrics: false,
  cluster: { role: "aggregate", broker, name: env("NAME") },
});
const server = createServer(collector.nodeListener());
server.listen(Number(env("PORT")), "127.0.0.1", () => process.stdout.write("listening\n"));
process.once("SIGTERM", () => {
  server.close();
  server.closeAllConnections();
  void collector.stop().then(() => process.exit(0));
});
