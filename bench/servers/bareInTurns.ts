/** The baseline, except that its answers leave together at the end of a turn of the event loop. */
import { createServer } from "node:http";
import { announce } from "./announce.ts";

let answers: (() => void)[] = [];

function answerAll(): void {
  const due = answers;
  answers = [];
  for (const answer of due) answer();
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    JSON.parse(Buffer.concat(chunks).toString());
    if (answers.push(() => response.writeHead(204).end()) === 1) setImmediate(answerAll);
  });
});
server.listen(0, "127.0.0.1", () => announce(server));
