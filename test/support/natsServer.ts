import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "./freePort.ts";
import { type Started, startProgram } from "./started.ts";

/** A real NATS server with JetStream, or a cluster of them, each with a separate folder. */
export interface RunningNats {
  /** For `openBroker`: names all servers. */
  readonly url: string;
  readonly servers: readonly NatsProcess[];
  readonly stop: () => Promise<void>;
}

/** One server, on the same port and folder after each restart. */
export interface NatsProcess {
  /** Its name in the cluster: `n1`. */
  readonly name: string;
  readonly url: string;
  /** Its monitoring address. */
  readonly monitor: string;
  /** Ends it with SIGKILL. */
  readonly kill: () => Promise<void>;
  readonly start: () => Promise<void>;
  /** `SIGSTOP` makes it hang. */
  readonly signal: (name: NodeJS.Signals) => void;
}

export interface NatsOptions {
  /** Servers. Default 1; three are a cluster. */
  readonly size?: 1 | 3;
  /** More arguments for each. */
  readonly args?: readonly string[];
}

export async function startNats({ size = 1, args = [] }: NatsOptions = {}): Promise<RunningNats> {
  const folder = await mkdtemp(join(tmpdir(), "rumkit-nats-"));
  const places = await Promise.all(
    Array.from({ length: size }, async (_, index) => ({
      name: `n${index + 1}`,
      folder: join(folder, `n${index + 1}`),
      ports: { client: await freePort(), route: await freePort(), monitor: await freePort() },
    })),
  );
  const routes = places.map(({ ports }) => `nats-route://127.0.0.1:${ports.route}`).join(",");
  const servers = places.map((place) => {
    const clustered = [
      "--cluster_name",
      "rumkit",
      "--cluster",
      `nats://127.0.0.1:${place.ports.route}`,
      "--routes",
      routes,
    ];
    return createServer(place, [...(size === 1 ? [] : clustered), ...args]);
  });
  await Promise.all(servers.map((server) => server.start()));
  await Promise.all(servers.map(untilHealthy));
  return {
    url: `nats://${places.map(({ ports }) => `127.0.0.1:${ports.client}`).join(",")}`,
    servers,
    stop: async () => {
      await Promise.all(servers.map((server) => server.kill()));
      await rm(folder, { recursive: true });
    },
  };
}

/** Servers of a cluster choose a leader first, which takes seconds. */
async function untilHealthy({ monitor }: NatsProcess): Promise<void> {
  for (;;) {
    const { ok } = await fetch(`${monitor}/healthz`);
    if (ok) return;
    await new Promise((resolve) => void setTimeout(resolve, 50));
  }
}

interface Place {
  readonly name: string;
  readonly folder: string;
  readonly ports: { readonly client: number; readonly route: number; readonly monitor: number };
}

function createServer({ name, folder, ports }: Place, more: readonly string[]): NatsProcess {
  const args = [
    "-js",
    "-sd",
    folder,
    "-a",
    "127.0.0.1",
    "-p",
    `${ports.client}`,
    "-m",
    `${ports.monitor}`,
    "-n",
    name,
  ];
  let running: Started | undefined;
  return {
    name,
    url: `nats://127.0.0.1:${ports.client}`,
    monitor: `http://127.0.0.1:${ports.monitor}`,
    start: async () => {
      const program = process.env["NATS_PATH"] ?? "nats-server";
      running = await startProgram(program, [...args, ...more], { ready: /Server is ready/ });
    },
    kill: async () => {
      // Also ends one that hangs.
      running?.signal("SIGKILL");
      await running?.stop();
      running = undefined;
    },
    signal: (signal) => running?.signal(signal),
  };
}
