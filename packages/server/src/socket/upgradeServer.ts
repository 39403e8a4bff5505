import type { EventEmitter } from "node:events";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** Takes the upgrades of some requests. */
export interface UpgradeMount {
  /** Recognizes requests by their path. */
  readonly matches: (request: IncomingMessage) => boolean;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/**
 * A server of `node:http` or `node:https`, or of `node:http2` with `allowHTTP1`: what `serve()` of `@hono/node-server`
 * returns.
 */
export type UpgradeServer = EventEmitter;

/** Emitted by the connection of an upgrade that is ours: no request of it will end. */
export const UPGRADED = "rumkit.upgraded";

type ShouldUpgrade = (request: IncomingMessage) => boolean;

const mountsOf = new WeakMap<UpgradeServer, Set<UpgradeMount>>();

/**
 * Takes the upgrades of a server that are ours. Returns a function that gives them back.
 *
 * Ours reach no other listener of the server, and all others none of ours: helpers for WebSockets refuse every upgrade
 * that they do not know, and a server without a listener answers `Upgrade: h2c`, which HTTP clients offer by default, as
 * if it were not there.
 */
export function takeUpgrades(server: UpgradeServer, mount: UpgradeMount): () => void {
  const mounts = mountsOf.get(server) ?? install(server);
  mounts.add(mount);
  return () => void mounts.delete(mount);
}

function install(server: UpgradeServer): Set<UpgradeMount> {
  const mounts = new Set<UpgradeMount>();
  mountsOf.set(server, mounts);
  const find = (request: IncomingMessage): UpgradeMount | undefined =>
    [...mounts].find(({ matches }) => matches(request));
  const hasOthers = keepListener(server);

  const typed = server as { shouldUpgradeCallback?: ShouldUpgrade };
  const before = typed.shouldUpgradeCallback;
  typed.shouldUpgradeCallback = (request) =>
    find(request) !== undefined ||
    (hasOthers() && (before ? Reflect.apply(before, server, [request]) : true));

  const { emit } = server;
  server.emit = function (this: UpgradeServer, ...all: [string | symbol, ...unknown[]]): boolean {
    const isUpgrade = all[0] === "upgrade";
    const [, request, socket, head] = all as unknown as [string, IncomingMessage, Duplex, Buffer];
    const mount = isUpgrade ? find(request) : undefined;
    if (!mount) return Reflect.apply(emit, this, all);
    socket.emit(UPGRADED);
    mount.upgrade(request, socket, head);
    return true;
  };
  return mounts;
}

/**
 * Node emits upgrades only to a server that has a listener. Ours does nothing, and leaves when there is another one:
 * some count the listeners. Returns a function that tells whether there is another one.
 */
function keepListener(server: UpgradeServer): () => boolean {
  const idle = (): void => {};
  const hasOthers = (): boolean => server.listeners("upgrade").some((listener) => listener !== idle);
  const settle = (isAlone: boolean): void => {
    const isThere = server.listeners("upgrade").includes(idle);
    if (isAlone && !isThere) server.on("upgrade", idle);
    else if (!isAlone && isThere) server.off("upgrade", idle);
  };
  settle(!hasOthers());
  server.on("newListener", (event: string | symbol, listener: unknown) => {
    if (event === "upgrade" && listener !== idle) settle(false);
  });
  server.on("removeListener", (event: string | symbol, listener: unknown) => {
    if (event === "upgrade" && listener !== idle) settle(!hasOthers());
  });
  return hasOthers;
}
