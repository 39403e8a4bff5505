import { request, createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { LEFT_PATH } from "./visits.ts";

/**
 * Faults of a request on its way to the collector, or of the answer on its way back.
 *
 * `lost_reply` closes the connection after storing, as `reused_socket` does, which waits for a connection that
 * has answered before: a browser repeats a request there by itself. `stall` answers nothing until `heal`.
 */
export type Fault =
  | "none"
  | "unavailable"
  | "rate_limited"
  | "reset_before_storing"
  | "reset_after_storing"
  | "lost_reply"
  | "reused_socket"
  | "slow"
  | "stall";

/** A server in front of the collector that lets each beacon meet a fault. */
export interface FaultCollector {
  readonly origin: string;
  /** The number of each fault. */
  readonly faults: Readonly<Record<Fault, number>>;
  /** From now on nothing goes wrong. What stalls is cut off. */
  heal(): void;
  close(): Promise<void>;
}

/** Milliseconds that a slow answer takes: long enough that the page goes on meanwhile. */
const SLOW_MS = 150;

/** Starts it in front of `collector`; `choose` names the fault of the next beacon. Everything else passes. */
export async function startFaultCollector(collector: string, choose: () => Fault): Promise<FaultCollector> {
  const faults: Record<Fault, number> = {
    none: 0,
    unavailable: 0,
    rate_limited: 0,
    reset_before_storing: 0,
    reset_after_storing: 0,
    lost_reply: 0,
    reused_socket: 0,
    slow: 0,
    stall: 0,
  };
  /** Connections that had a request. */
  const used = new WeakSet<Socket>();
  const stalled = new Set<Socket>();
  let healed = false;
  let owesReusedSocket = false;

  function next({ method, socket, url }: IncomingMessage): Fault {
    if (method !== "POST" || url === LEFT_PATH || healed) return "none";
    const fault = owesReusedSocket ? "reused_socket" : choose();
    owesReusedSocket = fault === "reused_socket" && !used.has(socket);
    return owesReusedSocket ? "none" : fault;
  }

  const server = createServer((incoming, outgoing) => {
    const fault = next(incoming);
    faults[fault] += 1;
    used.add(incoming.socket);
    if (fault === "stall") stalled.add(incoming.socket);
    else void serve(collector, fault, incoming, outgoing);
  });
  await new Promise<void>((resolve) => void server.listen(0, "127.0.0.1", resolve));
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    faults,
    heal: () => {
      healed = true;
      for (const socket of stalled) socket.destroy();
    },
    close: () => close(server),
  };
}

async function serve(
  collector: string,
  fault: Exclude<Fault, "stall">,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
): Promise<void> {
  const body = await readAll(incoming);
  switch (fault) {
    case "unavailable":
      outgoing.writeHead(503).end();
      return;
    case "rate_limited":
      outgoing.writeHead(429, { "retry-after": "1" }).end();
      return;
    case "reset_before_storing":
      outgoing.socket?.resetAndDestroy();
      return;
    case "reset_after_storing":
      await forward(collector, incoming, body);
      outgoing.socket?.resetAndDestroy();
      return;
    case "lost_reply":
    case "reused_socket":
      await forward(collector, incoming, body);
      outgoing.socket?.destroy();
      return;
    case "slow":
      await new Promise((resolve) => setTimeout(resolve, SLOW_MS));
      break;
    case "none":
      break;
  }
  const answer = await forward(collector, incoming, body);
  outgoing.writeHead(answer.status, answer.headers).end(answer.body);
}

interface Answer {
  readonly status: number;
  readonly headers: Record<string, string>;
  readonly body: Buffer;
}

/** Passes a request on as it came: the collector compares Origin with Host. */
function forward(collector: string, incoming: IncomingMessage, body: Buffer): Promise<Answer> {
  const { connection: _connection, "content-length": _length, ...headers } = incoming.headers;
  return new Promise((resolve, reject) => {
    const passed = request(
      `${collector}${incoming.url}`,
      { method: incoming.method ?? "GET", headers },
      (answer) => {
        const type = answer.headers["content-type"] ?? "text/plain";
        readAll(answer).then(
          (bytes) =>
            resolve({ status: answer.statusCode ?? 500, headers: { "content-type": type }, body: bytes }),
          reject,
        );
      },
    );
    passed.once("error", reject);
    passed.end(body);
  });
}

async function readAll(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function close(server: Server): Promise<void> {
  const closed = new Promise((resolve) => void server.close(resolve));
  server.closeAllConnections();
  await closed;
}
