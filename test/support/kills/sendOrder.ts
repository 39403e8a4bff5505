import { type Agent, request } from "node:http";
import type { Order } from "./orders.ts";

/** `cut`: we did not wait for the reply. `gone`: there was none, since the collector was killed. */
export type Reply = "new" | "duplicate" | "refused" | "cut" | "gone";

/**
 * Sends an order once. With `loseAfterMs` the socket is cut that long after the request was written, whatever the
 * collector is about to say.
 */
export function sendOrder(
  { path, body }: { path: Order["path"]; body: string },
  { port, agent, loseAfterMs }: { port: number; agent: Agent; loseAfterMs?: number },
): Promise<Reply> {
  return new Promise((resolve) => {
    const sent = request({
      host: "127.0.0.1",
      port,
      path,
      method: "POST",
      agent,
      headers: {
        origin: `http://127.0.0.1:${port}`,
        "content-type": "application/json",
        "content-length": Buffer.byteLength(body),
      },
    });
    let isCut = false;
    const onGone = (): void => resolve(isCut ? "cut" : "gone");
    sent.once("error", onGone);
    sent.once("response", (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (part: string) => (text += part));
      response.once("error", onGone);
      response.once("close", () => {
        if (response.complete) resolve(toReply(response.statusCode ?? 0, text));
        else onGone();
      });
    });
    sent.end(body, () => {
      if (loseAfterMs === undefined) return;
      setTimeout(() => {
        isCut = true;
        sent.destroy();
      }, loseAfterMs);
    });
  });
}

function toReply(status: number, text: string): Reply {
  if (status === 503) return "refused";
  // Anything else is a defect, and the ledger would never come out.
  if (status !== 200 && status !== 202) throw new Error(`${status}: ${text}`);
  const answer = JSON.parse(text) as { duplicate?: true; outcome?: string };
  return answer.duplicate || answer.outcome === "duplicate" ? "duplicate" : "new";
}
