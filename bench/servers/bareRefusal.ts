/** The least that a refusal costs with `node:http`: 429 as soon as the headers are there, the body dropped. */
import { createServer } from "node:http";
import { announce } from "./announce.ts";

const body = JSON.stringify({ error: { code: "rate_limited", message: "Too many requests." } });
const headers = {
  "content-type": "application/json",
  "cache-control": "no-store",
  vary: "Origin",
  "x-content-type-options": "nosniff",
  "retry-after": "3",
  "content-length": String(body.length),
};
/** Names and values alternate, which Node writes as they are. */
const fields = Object.entries(headers).flat();

const server = createServer((_request, response) => {
  setImmediate(() => response.writeHead(429, fields).end(body));
});
server.listen(0, "127.0.0.1", () => announce(server));
