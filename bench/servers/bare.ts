/** The baseline: what Node itself needs to read a body, parse it and answer. */
import { createServer } from "node:http";
import { announce } from "./announce.ts";

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    JSON.parse(Buffer.concat(chunks).toString());
    response.writeHead(204).end();
  });
});
server.listen(0, "127.0.0.1", () => announce(server));
