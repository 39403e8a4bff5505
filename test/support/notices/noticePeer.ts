import { randomInt } from "node:crypto";
import { createServer, type ServerResponse } from "node:http";

/** A request that the peer has accepted, whether or not its sender learned of it. */
export interface Accepted {
  readonly receiver: string;
  readonly id: string;
  readonly body: string;
}

/** The answers of a peer: it accepts, it fails, it is busy, it accepts and cuts the connection, or cuts it before. */
export type PeerAnswer = "accepts" | "fails" | "is busy" | "accepts and cuts" | "cuts";

/**
 * An HTTP server that accepts notices as often as `answer` says, and records what it accepted, each attempt. It calls
 * `onAccepted` before it answers.
 */
export function createNoticePeer(answer: () => PeerAnswer, onAccepted: () => void = () => {}) {
  const accepted: Accepted[] = [];
  let requests = 0;
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => (body += part));
    request.on("end", () => {
      requests += 1;
      const how = answer();
      if (how === "accepts" || how === "accepts and cuts") {
        accepted.push({ receiver: request.url!.slice(1), id: String(request.headers["webhook-id"]), body });
        onAccepted();
      }
      reply(response, how);
    });
  });
  return { server, accepted, requests: () => requests };
}

function reply(response: ServerResponse, how: PeerAnswer): void {
  if (how === "accepts") response.end("ok");
  else if (how === "fails") response.writeHead(500).end();
  else if (how === "is busy") response.writeHead(429, { "retry-after": "0.05" }).end();
  else response.destroy();
}

/** Half of the answers are failures of some kind. */
export function answerAtRandom(): PeerAnswer {
  const answers: readonly PeerAnswer[] = [
    "accepts",
    "accepts",
    "accepts",
    "fails",
    "is busy",
    "accepts and cuts",
    "cuts",
  ];
  return answers[randomInt(answers.length)]!;
}
