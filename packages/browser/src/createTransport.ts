import type { DropReason } from "@rumkit/protocol";

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

/** Parcel doubles from the first to the last of these, with full jitter: the whole of it is random. */
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;

/** The collector's Retry-After is obeyed up to a day; beyond, setTimeout would overflow and fire at once. */
const LONGEST_RETRY_MS = 24 * 60 * 60_000;

export interface TransportOptions {
  url: string;
  /** Sees each answer that settles a batch. */
  onAnswer?: ((response: Response) => unknown) | undefined;
}

export interface Transport {
  /**
   * Takes a request's body, which travels with the next `send` or `leave`. A retry has the same bytes, and so
   * the same id. `onLost` runs once if it will never arrive.
   */
  add(body: string, onLost: Parcel["onLost"]): void;
  /** Posts what waits as far as it may be in flight at once, unless a retry is due later. */
  send(): void;
  /** Sends by beacon, within this task, what is not on its way. A request on its way outlives the page. */
  leave(): void;
  /** Retries no more until the next `send`. */
  stop(): void;
}

interface Parcel {
  readonly body: string;
  readonly onLost: (reason: DropReason) => void;
  isInFlight?: boolean;
}

/** Brings batches to the collector: `fetch` while the page lives, `sendBeacon` when it leaves. */
export function createTransport({ url, onAnswer }: TransportOptions): Transport {
  const outbox = new Set<Parcel>();
  let inFlight = 0;
  let failures = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let isStopped = false;

  function add(body: string, onLost: Parcel["onLost"]): void {
    outbox.add({ body, onLost });
    for (const oldest of outbox) {
      if (outbox.size > MAX_OUTBOX && !oldest.isInFlight) lose(oldest, "queue_full");
    }
  }

  function lose(parcel: Parcel, reason: DropReason): void {
    outbox.delete(parcel);
    parcel.onLost(reason);
  }

  function send(): void {
    isStopped = false;
    for (const parcel of outbox) {
      // After a failure one parcel tries the way; the others follow when it has arrived.
      if (timer || inFlight >= (failures ? 1 : MAX_IN_FLIGHT)) return;
      if (!parcel.isInFlight) void post(parcel);
    }
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
    if (response.ok) outbox.delete(parcel);
    else lose(parcel, "refused");
    if (!isStopped) send();
  }

  function retryLater(response: Response | undefined): void {
    if (timer || isStopped) return;
    const longestMs = Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** failures++);
    const delayMs = Math.max(Math.random() * longestMs, retryAfterMs(response));
    timer = setTimeout(() => {
      timer = undefined;
      send();
    }, delayMs);
  }

  function leave(): void {
    for (const parcel of outbox) {
      if (parcel.isInFlight) continue;
      // Blockers take the function away.
      if (navigator.sendBeacon?.(url, parcel.body)) outbox.delete(parcel);
      else void post(parcel);
    }
  }

  function stop(): void {
    isStopped = true;
    clearTimeout(timer);
    timer = undefined;
  }

  return { add, send, leave, stop };
}

/** 408 timeout, 425 too early, 429 too many, and whatever is the server's fault. */
function isTemporary(status: number): boolean {
  return status >= 500 || [408, 425, 429].includes(status);
}

/** What the answer asks for, as seconds or as a date (RFC 9110, 10.2.3); 0 where it does not. */
function retryAfterMs(response: Response | undefined): number {
  const value = response?.headers.get("retry-after") ?? "";
  return Math.min(Number(value) * 1000 || Date.parse(value) - Date.now() || 0, LONGEST_RETRY_MS);
}
