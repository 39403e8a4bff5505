import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** A receiver of pushes that takes everything, or takes a request and never answers it. */
export interface PushReceiver {
  readonly url: string;
  readonly stalledUrl: string;
  /** Pushes that it took, and their bytes as they came: compressed, without headers. */
  readonly taken: () => { readonly pushes: number; readonly bytes: number };
}

export async function startPushReceiver(): Promise<PushReceiver> {
  let pushes = 0;
  let bytes = 0;
  const server = createServer((request, response) => {
    if (request.url === "/stalled") return void request.resume();
    request.on("data", (chunk: Buffer) => void (bytes += chunk.length));
    request.on("end", () => {
      pushes += 1;
      // Remote write 2.0 asks how much was written. More than was sent is all of it.
      response.writeHead(200, { "x-prometheus-remote-write-samples-written": "999999999" }).end();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return { url: `${origin}/push`, stalledUrl: `${origin}/stalled`, taken: () => ({ pushes, bytes }) };
}
