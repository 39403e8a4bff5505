import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Server } from "node:http";
import { ConfigError } from "./config.ts";
import type { EffectiveConfig } from "./configSchema.ts";
import { exposureFaults } from "./exposure.ts";

/** Connections that the kernel holds until they are accepted; Linux lowers it to `net.core.somaxconn`, 4096. */
const BACKLOG = 4_096;

/**
 * Listens on the inherited socket, or on host and port, and returns where that is: an origin, or the path of a
 * Unix socket.
 *
 * Throws a `ConfigError` before the first connection is answered where others could reach what is not closed.
 */
export async function listen(
  server: Server,
  config: EffectiveConfig,
  fd: number | undefined,
): Promise<string> {
  if (fd === undefined) {
    const { address } = await lookup(config.host);
    refuseExposure(address, config);
    server.listen({ host: address, port: config.port, backlog: BACKLOG });
    await once(server, "listening");
    return originOf(server);
  }
  const listening = once(server, "listening");
  server.listen({ fd, backlog: BACKLOG });
  // The address of a socket that was given is known only now, and nothing is accepted before the next turn.
  const bound = server.address();
  try {
    if (bound !== null) refuseExposure(typeof bound === "string" ? bound : bound.address, config);
  } catch (error) {
    listening.catch(() => {});
    server.close();
    throw error;
  }
  await listening;
  return originOf(server);
}

/** Throws a `ConfigError` where others could reach what is not closed. */
export function refuseExposure(address: string, config: EffectiveConfig): void {
  const faults = exposureFaults(address, config);
  if (faults.length > 0) throw new ConfigError([`${address} can be reached from other machines.`, ...faults]);
}

function originOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === "string") return bound ?? "nowhere";
  const host = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return `http://${host}:${bound.port}`;
}
