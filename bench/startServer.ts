import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { nextMessage } from "./nextMessage.ts";

/** A program of `bench/servers` in its own process. */
export interface BenchServer {
  readonly port: number;
  /** Microseconds of CPU that it has taken so far, by part where it has several. */
  readonly cpu: () => Promise<Readonly<Record<string, number>>>;
  readonly stop: () => Promise<void>;
}

export async function startServer(file: string, env: Readonly<Record<string, string>>): Promise<BenchServer> {
  const server = fork(join(import.meta.dirname, "servers", file), {
    stdio: "inherit",
    env: { ...process.env, ...env },
  });
  const { port } = await nextMessage<{ port: number }>(server);
  return {
    port,
    cpu: async () => {
      server.send("cpu");
      return nextMessage(server);
    },
    stop: async () => {
      server.disconnect();
      await once(server, "exit");
    },
  };
}
