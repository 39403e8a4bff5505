import { once } from "node:events";
import type { StreamClientMessage, StreamServerMessage } from "@rumkit/protocol";
import { type ClientOptions, WebSocket } from "ws";

type MessageOf<Type extends StreamServerMessage["type"]> = Extract<StreamServerMessage, { type: Type }>;

/** A client of `/metrics/stream` that keeps every message. */
export interface StreamClient {
  readonly ws: WebSocket;
  /** Every message that came, in its order. */
  readonly received: readonly StreamServerMessage[];
  /** Sends a message; a text is sent as it is. */
  send(message: StreamClientMessage | string): void;
  /** Waits for the next message of a type. Each is returned once. */
  next<Type extends StreamServerMessage["type"]>(type: Type): Promise<MessageOf<Type>>;
  /** Resolves with the code once the connection is closed. */
  readonly closed: Promise<number>;
}

/** Opens a client. Rejects if the handshake is refused. */
export async function openStreamClient(url: string, options: ClientOptions = {}): Promise<StreamClient> {
  const ws = new WebSocket(url, options);
  const received: StreamServerMessage[] = [];
  const unread: StreamServerMessage[] = [];
  let wake = (): void => {};
  ws.on("message", (data: Buffer) => {
    const message = JSON.parse(data.toString()) as StreamServerMessage;
    received.push(message);
    unread.push(message);
    wake();
  });
  const closed = new Promise<number>((resolve) => {
    ws.once("close", (code) => {
      resolve(code);
      wake();
    });
  });
  await once(ws, "open");
  ws.on("error", () => {});
  return {
    ws,
    received,
    closed,
    send: (message) => ws.send(typeof message === "string" ? message : JSON.stringify(message)),
    next: async <Type extends StreamServerMessage["type"]>(type: Type) => {
      for (;;) {
        const place = unread.findIndex((message) => message.type === type);
        if (place >= 0) return unread.splice(0, place + 1).at(-1) as MessageOf<Type>;
        if (ws.readyState === WebSocket.CLOSED) throw new Error(`Closed without a message "${type}".`);
        await new Promise<void>((resolve) => (wake = resolve));
      }
    },
  };
}

/** Nanoseconds for which `until` tries. */
const PATIENCE = 50_000_000_000n;

/**
 * Repeats a check until it passes, and returns its result; throws its error after 50 seconds. Unlike
 * `vi.waitFor`, it moves no fake clock: what is waited for comes over a real connection.
 */
export async function until<Result>(check: () => Result | Promise<Result>): Promise<Result> {
  const startedAt = process.hrtime.bigint();
  for (;;) {
    try {
      return await check();
    } catch (error) {
      if (process.hrtime.bigint() - startedAt > PATIENCE) throw error;
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
}
