/** A receiver of remote write that answers as a test says, and keeps what it took. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { decodeRequest1, decodeRequest2, type SentSample, type SentSeries } from "./decode.ts";

interface Received {
  readonly headers: IncomingMessage["headers"];
  readonly method: string | undefined;
  readonly path: string | undefined;
  readonly body: Buffer;
  readonly series: readonly SentSeries[];
  /** The status that it got; undefined if it got none. */
  status: number | undefined;
}

/** A status, with headers; or a function that does something else. */
type Answer =
  | number
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string }
  | ((request: IncomingMessage, response: ServerResponse) => void);

export interface TestReceiver {
  readonly url: string;
  readonly requests: readonly Received[];
  /** Those that were answered 2xx. */
  readonly taken: readonly Received[];
  /** Samples of the taken requests, of series with these labels, in the order of their arrival. */
  samples(labels: Readonly<Record<string, string>>): SentSample[];
  /** Answers the following requests. Default 204. */
  answer(how: (request: Received, count: number) => Answer): void;
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<TestReceiver> {
  const requests: Received[] = [];
  let how: (request: Received, count: number) => Answer = () => 204;
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks);
      const { headers, method, url: path } = request;
      const isSecond = headers["x-prometheus-remote-write-version"] === "2.0.0";
      const isWrite = headers["content-encoding"] === "snappy";
      const series = isSecond ? decodeRequest2(body).series : isWrite ? decodeRequest1(body) : [];
      const received: Received = { headers, method, path, body, series, status: undefined };
      requests.push(received);
      const answer = how(received, requests.length);
      if (typeof answer === "function") return answer(request, response);
      const {
        status,
        headers: more = {},
        body: text,
      } = typeof answer === "number" ? { status: answer, headers: {}, body: undefined } : answer;
      received.status = status;
      response.writeHead(status, more).end(text);
    });
    request.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const isTaken = ({ status = 0 }: Received): boolean => status >= 200 && status < 300;
  return {
    url: `http://127.0.0.1:${port}/api/v1/write`,
    requests,
    get taken() {
      return requests.filter(isTaken);
    },
    samples: (labels) =>
      requests
        .filter(isTaken)
        .flatMap(({ series }) => series)
        .filter((one) => Object.entries(labels).every(([name, value]) => one.labels[name] === value))
        .flatMap(({ samples }) => samples),
    answer: (next) => {
      how = next;
    },
    stop: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
