/** A TCP proxy between two processes of this machine, which fails as networks do. */
import { createServer, connect, type AddressInfo, type Socket } from "node:net";
import { setTimeout as wait } from "node:timers/promises";

/**
 * A fault of the network, until `heal`.
 *
 * - `cut`: connections are reset, and new ones too.
 * - `replies_lost`: requests arrive, replies do not. One way is gone.
 * - `requests_lost`: requests do not arrive, replies of earlier ones do.
 * - `silent`: nothing arrives on either way, and no connection ends: a cable that was pulled.
 * - `slow`: each piece of data takes up to `delayMs`. Pieces of several connections arrive in another order.
 */
export type NetworkFault =
  | { readonly kind: "cut" | "replies_lost" | "requests_lost" | "silent" }
  | { readonly kind: "slow"; readonly delayMs: number };

export interface BreakingProxy {
  readonly port: number;
  readonly break: (fault: NetworkFault) => void;
  /**
   * Ends the fault. What was on its way arrives late, as TCP sends it again; or `reset` ends the connections on which
   * something was, as a firewall that has forgotten them does.
   */
  readonly heal: (held?: "arrives" | "reset") => void;
  /**
   * Resets the clients' ends of all connections and leaves those of the server open: a client that lost its power. Without
   * further data the server does not see it.
   */
  readonly halfOpen: () => void;
  /** Connections so far. */
  readonly connections: () => number;
  readonly stop: () => Promise<void>;
}

type Way = "request" | "reply";

interface Link {
  readonly client: Socket;
  readonly server: Socket;
  isHolding: boolean;
  isHalfOpen: boolean;
}

/** Starts a proxy in front of a port of this machine. */
export async function startBreakingProxy(target: number, random = Math.random): Promise<BreakingProxy> {
  let fault: NetworkFault | undefined;
  let healed = Promise.withResolvers<void>();
  let connections = 0;
  const links = new Set<Link>();

  const isHeld = (way: Way): boolean =>
    fault?.kind === "silent" || fault?.kind === (way === "request" ? "requests_lost" : "replies_lost");

  /** Resolves when a piece of data may pass. */
  const untilPassed = async (link: Link, way: Way): Promise<void> => {
    if (fault?.kind === "slow") await wait(random() * fault.delayMs);
    while (isHeld(way)) {
      link.isHolding = true;
      await healed.promise;
    }
    link.isHolding = false;
  };

  const pass = async (link: Link, way: Way): Promise<void> => {
    const [from, to] = way === "request" ? [link.client, link.server] : [link.server, link.client];
    // An end waits like data: behind a cable that was pulled it does not arrive.
    for await (const chunk of from) {
      await untilPassed(link, way);
      if (!to.write(chunk as Buffer)) await untilDrained(to);
    }
    await untilPassed(link, way);
    to.end();
  };

  const accept = (client: Socket): void => {
    connections += 1;
    if (fault?.kind === "cut") {
      client.on("error", () => {});
      client.resetAndDestroy();
      return;
    }
    const link: Link = {
      client,
      server: connect({ port: target, host: "127.0.0.1", allowHalfOpen: true }),
      isHolding: false,
      isHalfOpen: false,
    };
    links.add(link);
    for (const socket of [link.client, link.server]) socket.setNoDelay(true).on("error", () => {});
    const ways = (["request", "reply"] as const).map((way) => pass(link, way).catch(() => close(link)));
    void Promise.all(ways).then(() => close(link));
  };
  const close = (link: Link): void => {
    // An end does not pass a fault either.
    if (isHeld("request") || isHeld("reply")) return void healed.promise.then(() => close(link));
    if (!link.isHalfOpen) reset(link);
  };
  const reset = (link: Link): void => {
    links.delete(link);
    for (const socket of [link.client, link.server]) socket.resetAndDestroy();
  };
  const resetAll = (which: (link: Link) => boolean = () => true): void => {
    for (const link of [...links].filter(which)) reset(link);
  };

  const proxy = createServer({ allowHalfOpen: true }, accept).listen(0, "127.0.0.1");
  await new Promise((resolve) => proxy.once("listening", resolve));
  return {
    port: (proxy.address() as AddressInfo).port,
    break: (next) => {
      fault = next;
      if (next.kind === "cut") resetAll();
    },
    heal: (held = "arrives") => {
      fault = undefined;
      if (held === "reset") resetAll(({ isHolding }) => isHolding);
      healed.resolve();
      healed = Promise.withResolvers<void>();
    },
    halfOpen: () => {
      for (const link of links) {
        link.isHalfOpen = true;
        link.client.resetAndDestroy();
      }
    },
    connections: () => connections,
    stop: async () => {
      const closed = new Promise((resolve) => proxy.close(resolve));
      fault = undefined;
      healed.resolve();
      resetAll();
      await closed;
    },
  };
}

function untilDrained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once("drain", resolve);
    socket.once("close", resolve);
  });
}
