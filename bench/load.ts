import { connect, type Socket } from "node:net";
import { createBody, createId, ID_PLACE, SESSION } from "./batch.ts";

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  /** Answers other than 2xx. A round with any of them is not a measurement. */
  readonly refused: number;
  /** Milliseconds from request to answer. */
  readonly p50: number;
  readonly p99: number;
}

/**
 * Posts batches to a server on this machine for a time, each with its own id, over kept connections
 * with one request at a time. Raw sockets, because a client library would cost more than the servers.
 */
export async function postBatches(
  port: number,
  options: {
    seconds: number;
    connections: number;
    /** Sessions that the batches are of. Default 1. */
    sessions?: number;
    /** Connections take turns with so many routes, `/r/0` and on. Default 0: the routes of the batch. */
    routes?: number;
  },
): Promise<LoadResult> {
  const latencies: number[] = [];
  let refused = 0;
  const start = performance.now();
  const end = start + options.seconds * 1000;
  const onAnswer = (status: number, latency: number): boolean => {
    if (!(status >= 200 && status <= 299)) refused += 1;
    latencies.push(latency);
    return performance.now() < end;
  };
  await Promise.all(
    Array.from({ length: options.connections }, (_, index) => {
      const { sessions, routes = 0 } = options;
      const route = routes > 0 ? `/r/${index % routes}` : undefined;
      return runConnection(createRequest(port, route), port, { onAnswer, sessions });
    }),
  );
  const sorted = latencies.toSorted((a, b) => a - b);
  const at = (q: number): number => sorted[Math.floor(q * (sorted.length - 1))] ?? NaN;
  return {
    requests: latencies.length,
    seconds: (performance.now() - start) / 1000,
    refused,
    p50: at(0.5),
    p99: at(0.99),
  };
}

let sent = 0;

interface ConnectionOptions {
  readonly onAnswer: (status: number, latency: number) => boolean;
  readonly sessions?: number | undefined;
}

async function runConnection(
  request: Buffer,
  port: number,
  { onAnswer, sessions = 1 }: ConnectionOptions,
): Promise<void> {
  const idAt = request.indexOf(ID_PLACE);
  const sessionAt = request.indexOf(SESSION);
  /** Resolves with false once the time is over, with true where the server wants a new connection. */
  const runSocket = (): Promise<boolean> =>
    new Promise((resolve, reject) => {
      let sentAt = 0;
      const socket: Socket = connect(port, "127.0.0.1");
      const send = (): void => {
        sent += 1;
        request.write(createId(sent), idAt, "latin1");
        if (sessions > 1) request.write(createId(sent % sessions), sessionAt, "latin1");
        sentAt = performance.now();
        socket.write(request);
      };
      socket.setNoDelay(true);
      socket.once("connect", send);
      let answer = "";
      socket.on("data", (chunk) => {
        // A server may write the head before the body. The rest of an answer must not count as the next one.
        answer += chunk.toString("latin1");
        if (!isWhole(answer)) return;
        const goesOn = onAnswer(Number(answer.slice(9, 12)), performance.now() - sentAt);
        // After 10,000 requests, which a quick machine sends in the time of one measurement.
        const isLast = answer.includes(CLOSE);
        answer = "";
        if (goesOn && !isLast) send();
        else socket.end(() => resolve(goesOn));
      });
      socket.once("error", reject);
      socket.once("close", () =>
        reject(new Error("[bench] A server closed a connection without an answer.")),
      );
    });
  while (await runSocket());
}

/** The header of a server's last answer on a connection. */
const CLOSE = "onnection: close";

/** True if an answer has come to its end, by its length or by its last chunk. */
function isWhole(answer: string): boolean {
  const head = answer.indexOf("\r\n\r\n");
  if (head < 0) return false;
  const length = /\r\ncontent-length: *(\d+)/i.exec(answer)?.[1];
  if (length !== undefined) return answer.length >= head + 4 + Number(length);
  return !/\r\ntransfer-encoding: *chunked/i.test(answer) || answer.endsWith("\r\n0\r\n\r\n");
}

/** @param route Replaces those of the batch. */
function createRequest(port: number, route?: string): Buffer {
  const usual = createBody();
  const body = route === undefined ? usual : usual.replaceAll(/"route":"[^"]*"/g, `"route":"${route}"`);
  const head = [
    "POST /collect HTTP/1.1",
    `Host: 127.0.0.1:${port}`,
    `Origin: http://127.0.0.1:${port}`,
    "Content-Type: text/plain;charset=UTF-8",
    `Content-Length: ${Buffer.byteLength(body)}`,
  ];
  return Buffer.from(`${head.join("\r\n")}\r\n\r\n${body}`);
}
