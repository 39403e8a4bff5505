import type { Receiver, SendOutcome } from "@rumkit/server/internal/testing";
import { renderNotice } from "./renderNotice.ts";

/** Posts notices to an HTTP server of a test, with the idempotency key as `webhook-id`. */
export function createPeerReceiver(name: string, url: string): Receiver {
  return {
    name,
    type: "webhook",
    render: renderNotice,
    send: async ({ id, body }) => {
      try {
        const answer = await fetch(url, { method: "POST", body, headers: { "webhook-id": id } });
        await answer.arrayBuffer();
        return toOutcome(answer.status, answer.headers.get("retry-after"));
      } catch (error) {
        return { kind: "retry", reason: String(error) };
      }
    },
  };
}

function toOutcome(status: number, retryAfter: string | null): SendOutcome {
  if (status < 300) return { kind: "delivered" };
  const afterMs = retryAfter === null ? undefined : Number(retryAfter) * 1_000;
  return { kind: "retry", reason: `It answered ${status}.`, afterMs };
}
