/**
 * Viewers of the live streams, in a separate process: they read, count and drop what comes, or do not read at all.
 */
import { once } from "node:events";
import { connect } from "node:net";
import { WebSocket } from "ws";

export const KINDS = ["SSE", "WebSocket"] as const;
export type Kind = (typeof KINDS)[number];

/** The orders to the process, one at a time. Each is answered. */
export type ViewerOrder =
  | {
      readonly open: Kind;
      readonly port: number;
      readonly count: number;
      /** True if they never read after the handshake. */
      readonly isStalled?: boolean;
    }
  | { readonly count: true }
  | { readonly closeAll: true };

/** The frames that came, and the viewers that are still connected. */
export interface ViewerCount {
  readonly open: number;
  readonly frames: number;
  readonly bytes: number;
}

interface Viewer {
  /** Resolves when the connection is closed. */
  close(): Promise<unknown>;
}

let open = 0;
let frames = 0;
let bytes = 0;
let viewers: Viewer[] = [];
/** Viewers that connect at the same time. A server's queue of new connections is 511 long. */
const AT_ONCE = 50;

process.on("message", (order: ViewerOrder) => {
  carryOut(order).then(
    () => process.send?.({ open, frames, bytes } satisfies ViewerCount),
    (error: unknown) => {
      console.error(`[bench] A viewer could not connect. Is "ulimit -n" above 1100? ${String(error)}`);
      process.exit(1);
    },
  );
});
process.on("disconnect", () => process.exit());
process.send?.("ready");

async function carryOut(order: ViewerOrder): Promise<void> {
  if ("open" in order) {
    const connectOne = order.open === "SSE" ? openEvents : openWebSocket;
    for (let first = 0; first < order.count; first += AT_ONCE) {
      const some = Array.from({ length: Math.min(AT_ONCE, order.count - first) }, (_, index) =>
        connectOne(order.port, addressOf(first + index), order.isStalled === true),
      );
      viewers.push(...(await Promise.all(some)));
    }
  } else if ("closeAll" in order) {
    const closing = viewers.map((viewer) => viewer.close());
    viewers = [];
    await Promise.all(closing);
  }
}

/** Twenty viewers of an address. */
function addressOf(index: number): string {
  return `10.0.0.${1 + Math.floor(index / 20)}`;
}

const FRAME = Buffer.from("\nid: ");

async function openEvents(port: number, address: string, isStalled: boolean): Promise<Viewer> {
  const socket = connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(
    `GET /realtime/metrics HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nX-Forwarded-For: ${address}\r\nAccept: text/event-stream\r\n\r\n`,
  );
  socket.on("error", () => {});
  const [head] = (await once(socket, "data")) as [Buffer];
  if (!head.subarray(0, 15).includes(" 200")) throw new Error(head.toString("latin1", 0, 40));
  open += 1;
  socket.once("close", () => (open -= 1));
  if (isStalled) socket.pause();
  else
    socket.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      for (let at = chunk.indexOf(FRAME); at >= 0; at = chunk.indexOf(FRAME, at + 1)) frames += 1;
    });
  return { close: () => once(socket.destroy(), "close") };
}

async function openWebSocket(port: number, address: string, isStalled: boolean): Promise<Viewer> {
  const ws = new WebSocket(`ws://127.0.0.1:${port}/metrics/stream`, {
    headers: { "x-forwarded-for": address },
    perMessageDeflate: false,
    skipUTF8Validation: true,
  });
  await once(ws, "open");
  ws.on("error", () => {});
  open += 1;
  ws.once("close", () => (open -= 1));
  ws.send('{"type":"subscribe","filters":{"interval":0.25}}');
  if (isStalled) ws.pause();
  else
    ws.on("message", (data: Buffer) => {
      frames += 1;
      bytes += data.length;
    });
  return {
    close: () => {
      const closed = once(ws, "close");
      ws.terminate();
      return closed;
    },
  };
}
