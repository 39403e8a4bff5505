import type { Batch, DropReason } from "@rumkit/protocol";
import {
  BEACON_REST_MS,
  FIRST_RETRY_MS,
  LONGEST_RETRY_MS,
  MAX_IN_FLIGHT_UNITS,
  MAX_WAITING_BATCHES,
  REQUEST_UNITS,
} from "../limits.ts";
import type { Hooks } from "../source.ts";

/** Why something is sent now: the page was hidden; the page leaves. Without a reason its time has come. */
export type SendReason = "pause" | "exit" | undefined;

// Of the module, not of a client: the browser counts for the page, so two clients share what there is.
let units = 0;

/** Takes a batch, which travels with the next `send`. A retry has the same bytes, and so the same id. */
type Add = (batch: Batch, body?: string) => void;
/**
 * Sends what is not on its way. While the page lives, unless a retry is due later; `pause` at once, since there
 * may be no other time; `exit` by beacon, within this task.
 */
type Send = (reason?: SendReason) => void;

/** Brings batches to the collector: `fetch` with keepalive while the page lives, `sendBeacon` when it leaves. */
export function createTransport(
  url: string,
  hooks: Hooks,
  onLost: (batch: Batch, reason: DropReason) => void,
  onAnswer: ((response: Response) => void) | undefined,
): [Add, Send] {
  /** Batches that are not on their way, with their bodies. */
  const waiting = new Map<Batch, string>();
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;

  function add(batch: Batch, body = JSON.stringify(batch)): void {
    if (waiting.size >= MAX_WAITING_BATCHES) onLost(batch, "queue_full");
    else waiting.set(batch, body);
  }

  function settle(batch: Batch, lost?: DropReason | false): void {
    waiting.delete(batch);
    hooks.outbox?.delete(batch.id);
    if (lost) onLost(batch, lost);
  }

  function send(reason?: SendReason): void {
    for (const [batch, body] of waiting) {
      const hasRoom = units + REQUEST_UNITS + body.length < MAX_IN_FLIGHT_UNITS;
      if (Date.now() - batch.sentAt > LONGEST_RETRY_MS) settle(batch, "expired");
      else if ((reason || !timer) && hasRoom) post(batch, body, reason).catch(Object);
      else hooks.outbox?.add(batch.id, body);
    }
  }

  async function post(batch: Batch, body: string, reason: SendReason): Promise<void> {
    const isBeacon = reason === "exit" && navigator.sendBeacon?.(url, body);
    // A string body is text/plain, and there is no other header: another origin needs no preflight.
    const request: RequestInit = { method: "POST", body, keepalive: true, credentials: "omit" };
    // A beacon tells nobody whether it arrived: if the page still lives then, the batch is sent once more.
    const answer = isBeacon
      ? new Promise<void>((resolve) => setTimeout(resolve, BEACON_REST_MS))
      : fetch(url, request);
    // Only now: Firefox ends the script of a dying page at any line, and its next event sends what still waits.
    waiting.delete(batch);
    units += REQUEST_UNITS + body.length;
    // No network, no room among the keepalive requests, or a blocker: as if nobody had answered.
    const response = (await answer.catch(Object)) as Partial<Response> | undefined;
    units -= REQUEST_UNITS + body.length;
    const { status = 500, headers } = response ?? {};
    // 408 timeout, 425 too early, 429 too many, and whatever is the server's fault.
    if (status < 500 && ![408, 425, 429].includes(status)) {
      failures = 0;
      // With 422 the collector has counted the events itself, by what is wrong with each.
      settle(batch, status > 299 && status !== 422 && "refused");
      onAnswer?.(response as Response);
    } else {
      add(batch, body);
      // Seconds or a date (RFC 9110, 10.2.3). Without the header both are NaN or 0.
      const after = headers?.get("retry-after") as string;
      const afterMs = +after * 1000 || Date.parse(after) - Date.now() || 0;
      // Both: pages that were told the same second do not come back in it together.
      timer ??= setTimeout(
        retry,
        Math.min(afterMs + FIRST_RETRY_MS * 2 ** failures++ * Math.random(), LONGEST_RETRY_MS),
      );
    }
    send();
  }

  function retry(): void {
    timer = send("pause") as undefined;
  }

  return [add, send];
}
