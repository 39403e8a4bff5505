import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { CutReason } from "../cutReason.ts";
import { createClientAddress, senderOf } from "../ingest/clientAddress.ts";

const STALLED_MS = 60_000;

/** Connections of one sender. */
interface Sender {
  readonly all: Set<Socket>;
  /** Those that have no request, the one that has rested longest first. */
  readonly resting: Set<Socket>;
}

/**
 * Bounds the connections of a server so that no client can take them all. Where there is no room for a new one, the
 * one is closed that has rested longest among those of the address with the most (an IPv6 address counts by its
 * /64): a client that keeps thousands open and silent closes its own. Only where that address has none that rests,
 * the new one is refused.
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
  const addressOf = createClientAddress({});
  let size = 0;
  let busiest: Sender | undefined;
  /** Its connections when it was found to be the busiest. */
  let busiestThen = 0;

  const findBusiest = (): Sender | undefined => {
    // Looking through all is for when the last one has lost half.
    if (busiest && busiest.all.size * 2 > busiestThen) return busiest;
    busiest = undefined;
    for (const sender of senders.values()) if (sender.all.size > (busiest?.all.size ?? 0)) busiest = sender;
    busiestThen = busiest?.all.size ?? 0;
    return busiest;
  };
  const makeRoom = (): boolean => {
    const [rested] = findBusiest()?.resting ?? [];
    if (!rested) return false;
    remove(rested);
    rested.destroy();
    return true;
  };
  const remove = (socket: Socket): void => {
    const sender = senderOfSocket.get(socket);
    if (!sender?.all.delete(socket)) return;
    sender.resting.delete(socket);
    size -= 1;
  };
  const add = (socket: Socket): void => {
    const address = addressOf({ address: socket.remoteAddress, header: () => undefined });
    const name = address === undefined ? "" : senderOf(address);
    const sender = senders.get(name) ?? { all: new Set(), resting: new Set() };
    senders.set(name, sender);
    sender.all.add(socket);
    sender.resting.add(socket);
    size += 1;
    senderOfSocket.set(socket, sender);
    if (busiest && sender.all.size > busiest.all.size) {
      busiest = sender;
      busiestThen = sender.all.size;
    }
    socket.once("close", () => {
      remove(socket);
      if (sender.all.size === 0 && senders.get(name) === sender) senders.delete(name);
    });
  };

  server.on("connection", (socket: Socket) => {
    if (size >= most) {
      const hasRoom = makeRoom();
      onCut(hasRoom ? "evicted" : "refused");
      if (!hasRoom) return void socket.destroy();
    }
    add(socket);
  });
  server.on("request", ({ socket }: IncomingMessage, response: ServerResponse) => {
    const sender = senderOfSocket.get(socket);
    openOf.set(socket, (openOf.get(socket) ?? 0) + 1);
    sender?.resting.delete(socket);
    response.once("close", () => {
      const open = (openOf.get(socket) ?? 1) - 1;
      openOf.set(socket, open);
      if (open === 0 && sender?.all.has(socket)) sender.resting.add(socket);
    });
  });
  server.setTimeout(stalledMs, (socket) => {
    // One that waits for the next event of a live stream has nothing to read.
    const isQuiet = (openOf.get(socket) ?? 0) > 0 && socket.writableLength === 0;
    if (isQuiet) return;
    if (socket.writableLength > 0) onCut("unread");
    socket.destroy();
  });
}
