/**
 * One collector, and `WORKERS` processes of `node:cluster` that share its port and pass requests on to it. With 0 the
 * collector answers itself. All have the same listener, without an app beside it.
 */
import cluster from "node:cluster";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { connectCollector, createCollector, createMemoryJournal, serveWorkers } from "@rumkit/server";
import { catalog } from "../batch.ts";
import { announce } from "./announce.ts";

const workers = Number(process.env["WORKERS"]);
const socket = join(process.env["FOLDER"]!, "rumkit.sock");
const listen = (server: Server): Server => server.listen(0, "127.0.0.1");

/** Microseconds of CPU of all workers; each answers as a server alone does. */
async function askWorkers(): Promise<number> {
  const all = await Promise.all(
    Object.values(cluster.workers!).map(async (worker) => {
      worker!.send("cpu");
      const [{ cpuMicros }] = (await once(worker!, "message")) as [{ cpuMicros: number }];
      return cpuMicros;
    }),
  );
  return all.reduce((sum, micros) => sum + micros, 0);
}

if (cluster.isWorker) {
  const collector = await connectCollector({ catalog, socket, environment: "production" });
  const server = listen(createServer(collector.nodeListener()));
  server.once("listening", () => announce(server));
} else {
  const collector = createCollector({
    catalog,
    journal: createMemoryJournal(),
    environment: "production",
    rateLimits: { perApp: { perSecond: 1_000_000 } },
  });
  if (workers === 0) {
    const server = listen(createServer(collector.nodeListener()));
    server.once("listening", () => announce(server));
  } else {
    await serveWorkers({ collector, socket });
    const ready = await Promise.all(
      Array.from({ length: workers }, async () => {
        const [message] = (await once(cluster.fork(), "message")) as [{ port: number }];
        return message;
      }),
    );
    process.send?.(ready[0]);
    process.on("message", async () => {
      const workerMicros = await askWorkers();
      const { user, system } = process.cpuUsage();
      process.send?.({ cpuMicros: user + system, workerMicros });
    });
    process.on("disconnect", () => {
      for (const worker of Object.values(cluster.workers!)) worker!.kill("SIGKILL");
      process.exit();
    });
  }
}
