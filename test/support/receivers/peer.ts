/** Services at the other end of a receiver, with everything that can go wrong over HTTP. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from "node:http";
import { listen } from "../listen.ts";

/** A request that a peer got. */
export interface PeerRequest {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** The conduct of a peer: an answer, or a fault. */
export type Conduct =
  | Answer
  /** Reads the request, and never answers. */
  | "silent"
  /** Answers 200, begins a body, and never ends it. */
  | "stalling"
  /** Answers 200 with a body that has no end. */
  | "endless"
  /** Closes the connection when it has read the request. */
  | "closing"
  /** Answers 200, promises more bytes than it sends, and closes the connection. */
  | "lying"
  /** Answers with what is not HTTP. */
  | "babbling";

export interface Peer {
  readonly origin: string;
  readonly requests: readonly PeerRequest[];
  /** Conducts of the next requests. The last one stays. */
  conduct(...next: readonly Conduct[]): void;
}

/** @param onRead Called when a silent or stalling peer has read a request. */
export async function startPeer(onRead: (request: PeerRequest) => void = () => {}): Promise<Peer> {
  const requests: PeerRequest[] = [];
  let conducts: readonly Conduct[] = [{ status: 200 }];
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const got = { path: request.url ?? "", headers: request.headers, body };
      requests.push(got);
      const [now = { status: 200 }, ...rest] = conducts;
      if (rest.length > 0) conducts = rest;
      answer(now, response);
      onRead(got);
    });
  }).listen(0, "127.0.0.1");
  return {
    origin: await listen(server),
    requests,
    conduct: (...next) => {
      conducts = next;
    },
  };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

function answer(conduct: Conduct, response: ServerResponse): void {
  if (typeof conduct === "object") {
    response.writeHead(conduct.status, conduct.headers);
    response.end(conduct.body ?? "");
  } else FAULTS[conduct](response);
}

const FAULTS: Readonly<Record<Exclude<Conduct, Answer>, (response: ServerResponse) => void>> = {
  silent: () => {},
  stalling: (response) => void response.writeHead(200, { "content-length": "10" }).write("{"),
  endless: (response) => {
    response.writeHead(200);
    // Only while the other side reads: a receiver that does not stop would never end its test.
    const write = (): void => void (response.destroyed || response.write("x".repeat(65_536), write));
    write();
  },
  closing: (response) => void response.socket?.destroy(),
  lying: (response) => void response.socket?.end("HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\nok"),
  babbling: (response) => void response.socket?.end("SSH-2.0-OpenSSH_9.2\r\n"),
};
