/** A collector of one role, which is killed: its place and its log come from the environment. */
import { createServer } from "node:http";
import { join } from "node:path";
import { createCollector, openBroker, openSqliteJournal } from "@rumkit/server";
import { atSigterm } from "../atSigterm.ts";
import { catalog } from "./catalog.ts";

const env = (name: string): string => process.env[name]!;

const name = env("NAME");
const hook = process.env["HOOK"];
const broker = await openBroker({ url: env("BROKER"), app: env("APP"), partitions: 4, allowUnsafe: true });
const journal = await openSqliteJournal({
  path: join(env("FOLDER"), `${name}.journal`),
  // Small checkpoints, so that kills meet them as often as commits.
  checkpointMs: 100,
  checkpointBytes: 65_536,
});
const collector = createCollector({
  catalog,
  journal,
  environment: "production",
  runtimeMetrics: false,
  log: {
    info: () => {},
    warn: (_fields: object, text: string) => void process.stdout.write(`${text}\n`),
    error: () => {},
  },
  cluster: { role: env("ROLE") as "aggregate" | "live", broker, name },
  alerts:
    hook === undefined
      ? {}
      : {
          allowPrivateAddresses: ["127.0.0.1"],
          receivers: { hook: { type: "webhook", url: hook, secrets: [env("HOOK_SECRET")] } },
          routes: [{ receivers: ["hook"], groupBy: ["alertname"], groupWait: "0s", groupInterval: "1s" }],
        },
});
const server = createServer(collector.nodeListener());
server.listen(Number(env("PORT")), "127.0.0.1", () => process.stdout.write("listening\n"));
atSigterm(() => {
  server.close();
  server.closeAllConnections();
  void collector
    .stop()
    .then(() => broker.close())
    .then(() => process.exit(0));
});
