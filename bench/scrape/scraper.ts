/** Scrapes one after the other, reads everything and keeps nothing, until it is stopped. */
import { once } from "node:events";
import { Agent, get, type IncomingMessage } from "node:http";

const port = Number(process.argv[2]);
const agent = new Agent({ keepAlive: true });

async function scrape(): Promise<void> {
  const [response] = (await once(get({ port, host: "127.0.0.1", path: "/large", agent }), "response")) as [
    IncomingMessage,
  ];
  response.resume();
  await once(response, "end");
  if (response.statusCode !== 200) throw new Error(`A scrape was answered with ${response.statusCode}.`);
}

const stopping = new AbortController();
process.once("message", () => stopping.abort());
// The first one renders the labels.
await scrape();
process.send?.("ready");
let scrapes = 0;
while (!stopping.signal.aborted) {
  await scrape();
  scrapes += 1;
}
process.send?.(scrapes, () => process.exit());
