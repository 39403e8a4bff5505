import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createClientAddress, type CutReason, senderOf, UPGRADED } from "@rumkit/server/internal/serve";

const STALLED_MS = 60_000;

/** Connections of one sender. */
interface Sender {
  readonly all: Set<Socket>;
  /** Idle connections, the one that was idle longest first. */
  readonly resting: Set<Socket>;
  /** Connections with an open request, the one that was busy longest first. */
  readonly busy: Set<Socket>;
}

/**
 * Limits the connections of a server so that no client can occupy all of them. If there is no room for a new
 * connection, one of the address with the most connections is closed (IPv6 addresses count by their /64): the one that
 * was idle longest. If none of them is idle, the one that was busy longest is closed, but only for an address that has
 * fewer connections. So neither thousands of silent connections nor thousands of slow requests lock other clients out.
 *
 * If a client reads nothing of its answer for a minute, its connection is closed, too.
 *
 * @param onCut Called for each connection that is closed or refused.
 * @param stalledMs Milliseconds for which a client may read nothing of a waiting answer. Default 60 s.
 */
export function limitConnections(
  server: Server,
  most: number,
  onCut: (reason: CutReason) => void,
  stalledMs = STALLED_MS,
): void {
  const connections = createConnections();
  const nameOf = createSenderName();
  server.on("connection", (socket: Socket) => {
    const name = nameOf(socket);
    if (connections.size() >= most) {
      const hasRoom = connections.makeRoom(name);
      onCut(hasRoom ? "evicted" : "refused");
      if (!hasRoom) return void socket.destroy();
    }
    connections.add(socket, name);
    // A WebSocket never rests: it would be the first to be closed for a new connection.
    socket.once(UPGRADED, () => connections.keepBusy(socket));
  });
  const openOf = new WeakMap<Socket, number>();
  watchRequests(server, connections.senderOfSocket, openOf);
  cutStalled(server, openOf, stalledMs, onCut);
}

/** All connections by sender. */
function createConnections() {
  const senders = new Map<string, Sender>();
  const senderOfSocket = new WeakMap<Socket, Sender>();
  const busiest = createBusiest(senders);
  let size = 0;
  const remove = (socket: Socket): void => {
    const sender = senderOfSocket.get(socket);
    if (!sender?.all.delete(socket)) return;
    for (const state of [sender.resting, sender.busy]) state.delete(socket);
    size -= 1;
  };
  return {
    size: () => size,
    senderOfSocket,
    keepBusy: (socket: Socket): void => {
      const sender = senderOfSocket.get(socket);
      if (sender?.resting.delete(socket)) sender.busy.add(socket);
    },
    add: (socket: Socket, name: string): void => {
      const sender = senderNamed(senders, name);
      sender.all.add(socket);
      sender.resting.add(socket);
      size += 1;
      senderOfSocket.set(socket, sender);
      busiest.compare(sender);
      socket.once("close", () => {
        remove(socket);
        if (sender.all.size === 0 && senders.get(name) === sender) senders.delete(name);
      });
    },
    /** Closes a connection for one of this sender. Returns false if none may be closed for it. */
    makeRoom: (name: string): boolean => {
      const least = leastNeeded(busiest.find(), senders.get(name));
      if (!least) return false;
      remove(least);
      least.destroy();
      return true;
    },
  };
}

function senderNamed(senders: Map<string, Sender>, name: string): Sender {
  const sender = senders.get(name) ?? { all: new Set(), resting: new Set(), busy: new Set() };
  senders.set(name, sender);
  return sender;
}

/** Returns the connection of the largest sender that is closed for a new one of another; undefined if none may be. */
function leastNeeded(largest: Sender | undefined, other: Sender | undefined): Socket | undefined {
  if (!largest) return undefined;
  const hasMore = largest.all.size > (other?.all.size ?? 0) + 1;
  const [least] = largest.resting.size > 0 ? largest.resting : hasMore ? largest.busy : [];
  return least;
}

/** Returns the sender of a connection: its IPv4 address, or the /64 of its IPv6 address. */
function createSenderName(): (socket: Socket) => string {
  const addressOf = createClientAddress({});
  return ({ remoteAddress }) => {
    const address = addressOf({ address: remoteAddress, header: () => undefined });
    return address === undefined ? "" : senderOf(address);
  };
}

/** Tracks which connections are idle and which have open requests. */
function watchRequests(
  server: Server,
  senderOfSocket: WeakMap<Socket, Sender>,
  openOf: WeakMap<Socket, number>,
): void {
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const sender = senderOfSocket.get(socket);
    openOf.set(socket, (openOf.get(socket) ?? 0) + 1);
    if (sender?.resting.delete(socket)) sender.busy.add(socket);
    response.once("close", () => {
      const open = (openOf.get(socket) ?? 1) - 1;
      openOf.set(socket, open);
      if (open === 0 && sender?.busy.delete(socket)) sender.resting.add(socket);
    });
  });
}

function cutStalled(
  server: Server,
  openOf: WeakMap<Socket, number>,
  stalledMs: number,
  onCut: (reason: CutReason) => void,
): void {
  server.setTimeout(stalledMs, (socket) => {
    // A client of a live stream that waits for the next event has nothing to read.
    const isQuiet = (openOf.get(socket) ?? 0) > 0 && socket.writableLength === 0;
    if (isQuiet) return;
    if (socket.writableLength > 0) onCut("unread");
    socket.destroy();
  });
}

/**
 * Finds the sender with the most connections. Searches all senders only when the last one found has lost half of its
 * connections.
 */
function createBusiest(senders: ReadonlyMap<string, Sender>) {
  let busiest: Sender | undefined;
  /** Its number of connections when it was found. */
  let then = 0;
  const take = (sender: Sender | undefined): void => {
    busiest = sender;
    then = sender?.all.size ?? 0;
  };
  return {
    find: (): Sender | undefined => {
      if (busiest && busiest.all.size * 2 > then) return busiest;
      take(undefined);
      for (const sender of senders.values()) if (sender.all.size > then) take(sender);
      return busiest;
    },
    /** Call it when a sender has opened a connection. */
    compare: (sender: Sender): void => {
      if (busiest && sender.all.size > busiest.all.size) take(sender);
    },
  };
}
