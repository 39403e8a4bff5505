import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { createClientAddress, type CutReason, senderOf } from "@rumkit/server/internal/serve";

const STALLED_MS = 60_000;

/** Connections of one sender. */
interface Sender {
  readonly all: Set<Socket>;
  /** Those that have no request, the one that has rested longest first. */
  readonly resting: Set<Socket>;
  /** Those that have one, the one first that has been busy longest. */
  readonly busy: Set<Socket>;
}

/**
 * Bounds the connections of a server so that no client can take them all. Where there is no room for a new one, the
 * one is closed that has rested longest among those of the address with the most (an IPv6 address counts by its
 * /64): a client that keeps thousands open and silent closes its own. Where that address has none that rests, it
 * loses the one that has been busy longest, to an address that has fewer: so thousands of requests that dawdle keep no
 * other client out. An address gets no room from its own requests, because that would gain nothing.
 *
 * An answer of which nothing is read for a minute is cut too, with its connection.
 *
 * @param onCut Called for each connection that is closed or refused.
 * @param stalledMs Milliseconds for which an answer may wait to be read without a byte of it being taken. Default 60 s.
 */
export function limitConnections(
  server: Server,
  most: number,
  onCut: (reason: CutReason) => void,
  stalledMs = STALLED_MS,
): void {
  const senders = new Map<string, Sender>();
  const senderOfSocket = new WeakMap<Socket, Sender>();
  const openOf = new WeakMap<Socket, number>();
  const nameOf = createSenderName();
  let size = 0;
  const busiest = createBusiest(senders);

  const makeRoom = (name: string): boolean => {
    const largest = busiest.find();
    const hasMore = (largest?.all.size ?? 0) > (senders.get(name)?.all.size ?? 0) + 1;
    const [least] = largest?.resting.size ? largest.resting : hasMore ? (largest?.busy ?? []) : [];
    if (!least) return false;
    remove(least);
    least.destroy();
    return true;
  };
  const remove = (socket: Socket): void => {
    const sender = senderOfSocket.get(socket);
    if (!sender?.all.delete(socket)) return;
    sender.resting.delete(socket);
    sender.busy.delete(socket);
    size -= 1;
  };
  const add = (socket: Socket, name: string): void => {
    const sender = senders.get(name) ?? { all: new Set(), resting: new Set(), busy: new Set() };
    senders.set(name, sender);
    sender.all.add(socket);
    sender.resting.add(socket);
    size += 1;
    senderOfSocket.set(socket, sender);
    busiest.compare(sender);
    socket.once("close", () => {
      remove(socket);
      if (sender.all.size === 0 && senders.get(name) === sender) senders.delete(name);
    });
  };

  server.on("connection", (socket: Socket) => {
    const name = nameOf(socket);
    if (size >= most) {
      const hasRoom = makeRoom(name);
      onCut(hasRoom ? "evicted" : "refused");
      if (!hasRoom) return void socket.destroy();
    }
    add(socket, name);
  });
  watchRequests(server, senderOfSocket, openOf);
  cutStalled(server, openOf, stalledMs, onCut);
}

/** The sender of a connection: its address, an IPv6 address by its /64. */
function createSenderName(): (socket: Socket) => string {
  const addressOf = createClientAddress({});
  return ({ remoteAddress }) => {
    const address = addressOf({ address: remoteAddress, header: () => undefined });
    return address === undefined ? "" : senderOf(address);
  };
}

/** Knows which connections rest and which have requests that are being answered. */
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
    // One that waits for the next event of a live stream has nothing to read.
    const isQuiet = (openOf.get(socket) ?? 0) > 0 && socket.writableLength === 0;
    if (isQuiet) return;
    if (socket.writableLength > 0) onCut("unread");
    socket.destroy();
  });
}

/** The sender with the most connections. Looking through all is for when the last one has lost half. */
function createBusiest(senders: ReadonlyMap<string, Sender>) {
  let busiest: Sender | undefined;
  /** Its connections when it was found to be the busiest. */
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
    /** A sender has one more. */
    compare: (sender: Sender): void => {
      if (busiest && sender.all.size > busiest.all.size) take(sender);
    },
  };
}
