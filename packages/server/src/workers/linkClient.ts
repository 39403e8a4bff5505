import { Agent, type ClientRequest, type IncomingMessage, request, type RequestOptions } from "node:http";
import { setTimeout as wait } from "node:timers/promises";
import { type Answered, type Hello, LINK_PATHS } from "./wire.ts";

/** The connection of a worker to its collector. */
export interface LinkClient {
  /** Sends JSON to a path of the link, and returns the answer. Rejects if no collector answers within 5 s. */
  readonly post: (path: string, body: unknown) => Promise<unknown>;
  /** Sends bytes, and returns the answer, however long it takes. Rejects if the collector is gone. */
  readonly send: (path: string, body: Buffer) => Promise<unknown>;
  /** The collector that answered last. */
  readonly epoch: () => string;
  /** Begins a request of the collector's own routes. */
  readonly request: (options: RequestOptions, onAnswer: (answer: IncomingMessage) => void) => ClientRequest;
  readonly close: () => void;
}

/** Milliseconds without an answer after which the collector counts as gone. */
const ANSWER_MS = 5_000;

/** Connections that a worker keeps for its next requests. With fewer than it uses at once, it opens and closes the others each time. */
const MAX_FREE = 1_024;

export function createLinkClient(socketPath: string): LinkClient {
  let epoch = "";
  const agent = new Agent({ keepAlive: true, maxFreeSockets: MAX_FREE });
  const send = (path: string, body: string | Buffer, signal?: AbortSignal): Promise<Answered> =>
    new Promise((resolve, reject) => {
      const headers = { "content-length": Buffer.byteLength(body) };
      const sent = request({ socketPath, agent, path, method: "POST", headers, signal }, (answer) => {
        readText(answer)
          .then((answered) => {
            if (answer.statusCode !== 200)
              throw new Error(`[rumkit] The collector refused what a worker counted: ${answered}`);
            const parsed = JSON.parse(answered) as Answered;
            epoch = parsed.epoch;
            resolve(parsed);
          })
          .catch(reject);
      });
      sent.on("error", reject);
      sent.end(body);
    });
  return {
    post: (path, body) => send(path, JSON.stringify(body), AbortSignal.timeout(ANSWER_MS)),
    send: (path, body) => send(path, body),
    epoch: () => epoch,
    request: (options, onAnswer) => request({ socketPath, agent, ...options }, onAnswer),
    close: () => agent.destroy(),
  };
}

async function readText(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer as AsyncIterable<Buffer>) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

/** Milliseconds between two attempts to find the collector. */
const AGAIN_MS = 100;

/** Waits until the collector answers, for `waitMs` at most: workers may be started first. */
export async function greet({ post }: LinkClient, socket: string, waitMs: number): Promise<Hello> {
  const end = performance.now() + waitMs;
  for (;;) {
    try {
      return (await post(LINK_PATHS.hello, {})) as Hello;
    } catch (error) {
      if (performance.now() < end) await wait(AGAIN_MS);
      else
        throw new Error(
          `[rumkit] No collector serves workers on ${socket}. Start it first: serveWorkers({ collector, socket }).`,
          { cause: error },
        );
    }
  }
}
