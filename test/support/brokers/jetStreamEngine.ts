import { expect } from "vitest";
import { type NatsProcess, type RunningNats, startNats } from "../natsServer.ts";
import type { RunningEngine } from "./engine.ts";

/** JetStream for the conformance suite: one server, or a cluster of three. */
export async function startJetStream(size: 1 | 3): Promise<RunningEngine> {
  const nats = await startNats({ size });
  let killed: NatsProcess | undefined;
  return {
    // Debian's server cannot sync always, and one server keeps one copy.
    options: { url: nats.url, allowUnsafe: true, log: { warn: () => {} } },
    kill: async (app, topic) => {
      const leader =
        size === 1 ? nats.servers[0] : await leaderOf(nats, `rumkit-${app}-${topic.replace(".", "-")}`);
      killed = leader;
      await leader?.kill();
    },
    restart: async () => killed?.start(),
    signal: (name) => {
      for (const server of nats.servers) server.signal(name);
    },
    stop: nats.stop,
  };
}

/** The parts of `/jsz?streams=1&accounts=1` that tell who leads. */
interface JetStreamStatus {
  readonly account_details?: readonly {
    readonly stream_detail?: readonly {
      readonly name: string;
      readonly cluster?: { readonly leader?: string };
    }[];
  }[];
}

/** Returns the server of a cluster that leads a stream. */
async function leaderOf({ servers }: RunningNats, stream: string): Promise<NatsProcess | undefined> {
  const response = await fetch(`${servers[0]!.monitor}/jsz?streams=1&accounts=1`);
  const status = (await response.json()) as JetStreamStatus;
  const details = status.account_details?.flatMap((account) => account.stream_detail ?? []) ?? [];
  const leader = details.find(({ name }) => name === stream)?.cluster?.leader;
  expect(leader).toBeDefined();
  return servers.find(({ name }) => name === leader);
}
