import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Server } from "node:http";
import { ConfigError } from "./configError.ts";
import type { EffectiveConfig } from "./settings.ts";
import { exposureFaults } from "./exposure.ts";

/**
 * Maximum connections that the kernel holds until they are accepted. Linux limits it to `net.core.somaxconn`, 4096.
 */
const BACKLOG = 4_096;

/**
 * Listens on the inherited socket, or on host and port, and returns its address: an origin, or the path of a
 * Unix socket.
 *
 * Throws a `ConfigError`, before the first connection is answered, if other machines could reach an open part.
 */
export async function listen(
  server: Server,
  config: EffectiveConfig,
  fd: number | undefined,
): Promise<string> {
  if (fd === undefined) {
    const address = await addressOf(config.host);
    refuseExposure(address, config);
    server.listen({ host: address, port: config.port, backlog: BACKLOG });
    await once(server, "listening").catch((error: unknown) => {
      throw describeListenFault(error, config);
    });
    return originOf(server);
  }
  const listening = once(server, "listening");
  server.listen({ fd, backlog: BACKLOG });
  // The address of an inherited socket is known only now. Nothing is accepted before the next turn of the event loop.
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

/** Resolves the address of a host. Throws a `ConfigError` if the name has none. */
export async function addressOf(host: string): Promise<string> {
  try {
    return (await lookup(host)).address;
  } catch (error) {
    const { code = "no reason is known" } = error as NodeJS.ErrnoException;
    throw new ConfigError([`host: the name ${host} has no address (${code}). Try 127.0.0.1.`]);
  }
}

/** Throws a `ConfigError` if other machines could reach an open part. */
export function refuseExposure(address: string, config: EffectiveConfig): void {
  const faults = exposureFaults(address, config);
  if (faults.length > 0) throw new ConfigError([`${address} can be reached from other machines.`, ...faults]);
}

/** Describes the system's error, with the remedy if it is known. */
export function describeListenFault(error: unknown, { host, port }: EffectiveConfig): unknown {
  const { code } = error as NodeJS.ErrnoException;
  const reasons: Readonly<Record<string, string>> = {
    EADDRINUSE: `Port ${port} is already in use. Try --port ${port === 65_535 ? 0 : port + 1}.`,
    EACCES: `Port ${port} needs more rights than this process has. Try a port from 1024.`,
    EADDRNOTAVAIL: `${host} is not an address of this machine. Set host to one of its addresses, or 127.0.0.1.`,
  };
  const reason = reasons[code ?? ""];
  return reason === undefined ? error : new Error(`[rumkit] ${reason}`, { cause: error });
}

function originOf(server: Server): string {
  const bound = server.address();
  if (bound === null || typeof bound === "string") return bound ?? "nowhere";
  const host = bound.family === "IPv6" ? `[${bound.address}]` : bound.address;
  return `http://${host}:${bound.port}`;
}
