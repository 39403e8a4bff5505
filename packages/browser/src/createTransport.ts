import type { DropReason } from "@rumkit/protocol";
import type { FlushReason } from "./createQueue.ts";

/**
 * Batches that wait for a collector that does not answer: 240 Ki UTF-16 units, at 12 Ki a batch. Beyond, the
 * oldest is dropped.
 */
const MAX_OUTBOX = 20;

/**
 * Requests in flight. A batch has at most 12 Ki units, so they take 48 of the 64 KiB that the page may have
 * in flight with keepalive (Fetch standard), and its own requests find room.
 */
const MAX_IN_FLIGHT = 4;

/** The wait doubles from the first to the last of these, with full jitter: the whole of it is random. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/**
 * A batch is given up after a day: the collector remembers its id for three. Retry-After is obeyed so long;
 * beyond, setTimeout would overflow and fire at once.
 */
const LONGEST_RETRY_MS = 24 * 60 * 60_000;

/** From pagehide to hidden, the other way round, and to the end of the page it is less. */
const REST_MS = 1_000;

export interface TransportOptions {
  url: string;
  /** Sees each answer that settles a batch. */
  onAnswer?: ((response: Response) => unknown) | undefined;
}

export interface Transport {
  /**
   * Takes a request's body, which travels with the next `send`. A retry has the same bytes, and so the same
   * id. `onLost` runs once if it will never arrive.
   */
  add(body: string, onLost: Parcel["onLost"]): void;
  /**
   * Sends what is not on its way. While the page lives, as far as it may be in flight at once, unless a retry
   * is due later; `pause` sends all, since there may be no other time; `exit` sends all by beacon, within this task.
   */
  send(reason: FlushReason): void;
  /** Retries no more until the next `send`. */
  stop(): void;
}

interface Parcel {
  readonly body: string;
  readonly onLost: (reason: DropReason) => void;
  readonly bornAt: number;
  isInFlight?: boolean;
}

/** Brings batches to the collector: `fetch` with keepalive while the page lives, `sendBeacon` when it leaves. */
export function createTransport({ url, onAnswer }: TransportOptions): Transport {
  const outbox = new Set<Parcel>();
  let inFlight = 0;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  function add(body: string, onLost: Parcel["onLost"]): void {
    outbox.add({ body, onLost, bornAt: Date.now() });
    for (const oldest of outbox) {
      if (outbox.size > MAX_OUTBOX && !oldest.isInFlight) lose(oldest, "queue_full");
    }
  }

  function lose(parcel: Parcel, reason: DropReason): void {
    outbox.delete(parcel);
    parcel.onLost(reason);
  }

  function send(reason: FlushReason): void {
    const isUrgent = reason === "pause" || reason === "exit";
    isStopped = false;
    for (const parcel of outbox) {
      // After a failure one parcel tries the way; the others follow when it has arrived.
      const mayGo = isUrgent || (!timer && inFlight < (failures ? 1 : MAX_IN_FLIGHT));
      if (parcel.isInFlight || !mayGo) continue;
      if (Date.now() - parcel.bornAt > LONGEST_RETRY_MS) lose(parcel, "expired");
      else if (reason === "exit" && navigator.sendBeacon?.(url, parcel.body)) rest(parcel);
      else void post(parcel);
    }
  }

  /** A beacon tells nobody whether it arrived: if the page still lives then, the batch is sent once more. */
  function rest(parcel: Parcel): void {
    parcel.isInFlight = true;
    setTimeout(() => {
      parcel.isInFlight = false;
    }, REST_MS);
  }

  async function post(parcel: Parcel): Promise<void> {
    parcel.isInFlight = true;
    inFlight++;
    // A string body is text/plain, and there is no other header: another origin needs no preflight.
    const request: RequestInit = { method: "POST", body: parcel.body, keepalive: true, credentials: "omit" };
    // No network, no room among the keepalive requests, or a blocker: as if nobody had answered.
    const response = await fetch(url, request).catch(() => undefined);
    parcel.isInFlight = false;
    inFlight--;
    if (!response || isTemporary(response.status)) return retryLater(response);
    onAnswer?.(response);
    failures = 0;
    // With 422 the collector has counted the events itself, by what is wrong with each.
    if (response.ok || response.status === 422) outbox.delete(parcel);
    else lose(parcel, "refused");
    if (!isStopped) send("time");
  }

  function retryLater(response: Response | undefined): void {
    if (timer || isStopped) return;
    const longestMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++);
    const delayMs = Math.max(Math.random() * longestMs, retryAfterMs(response));
    timer = setTimeout(() => {
      timer = undefined;
      send("time");
    }, delayMs);
  }

  function stop(): void {
    isStopped = true;
    clearTimeout(timer);
    timer = undefined;
  }

  return { add, send, stop };
}

/** 408 timeout, 425 too early, 429 too many, and whatever is the server's fault. */
function isTemporary(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/** What the answer asks for, as seconds or as a date (RFC 9110, 10.2.3); 0 where it does not. */
function retryAfterMs(response: Response | undefined): number {
  // Without the header both are NaN or 0.
  const value = response?.headers.get("retry-after") as string;
  return Math.min(Number(value) * 1000 || Date.parse(value) - Date.now() || 0, LONGEST_RETRY_MS);
}
