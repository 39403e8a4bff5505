import type { Batch, BatchEnvelope, DropReason, PageEvent } from "@rumkit/protocol";
import { createQueue } from "../delivery/createQueue.ts";
import { createTransport, type SendReason } from "../delivery/createTransport.ts";
import { randomId } from "../delivery/randomId.ts";
import { MAX_GATHERED_EVENTS, SESSION_IDLE_MS, SESSION_LONGEST_MS } from "../limits.ts";
import type { ClientOptions, Consent } from "../metrics.ts";
import type { Hooks, SourceContext } from "../source.ts";
import { restoreSession, type Session, storeSession } from "./session.ts";

export interface Recorder {
  record: (event: PageEvent) => void;
  /** Counts lost events. The next batch tells the collector. */
  drop: (reason: DropReason, count?: number) => void;
  flush: (reason?: SendReason) => void;
  /** Sends, withholds or gathers from now on; without a consent nothing is recorded: the client is stopped. */
  setMode: (consent?: Consent) => void;
  /** The pending batch. */
  pending: () => Batch;
  /** The session; an empty object before it begins. */
  session: () => Session;
  /** What every batch says. */
  envelope: Partial<BatchEnvelope>;
}

/** The way of an event: consent, session, listeners, queue, batch, transport. `onFull` runs where too many wait for a mode. */
export function createRecorder(
  { url = "/collect", app, release, environment, onAnswer }: ClientOptions,
  hooks: Hooks,
  guard: SourceContext["guard"],
  onFull: () => void,
): Recorder {
  const envelope = { app, release, environment } as Recorder["envelope"];
  let mode: Consent | undefined = "unknown";
  let session: Session | undefined;
  let dropped: Batch["dropped"];
  /** Of the pending batch. It stays the same while the batch grows, so that it can arrive only once. */
  let id: string | undefined;
  /** What waits for consent, or for a start. */
  const gathered: PageEvent[] = [];

  const [addEvent, events, clearEvents] = createQueue(flush, drop);
  const [addBatch, send] = createTransport(url, hooks, lose, onAnswer);

  function drop(reason: DropReason, count = 1): void {
    dropped = { ...dropped, [reason]: (dropped?.[reason] ?? 0) + count };
  }

  function lose(batch: Pick<Batch, "events" | "dropped">, reason: DropReason): void {
    for (const event of batch.events) drop(reason, event.count);
    for (const earlier in batch.dropped) drop(earlier as DropReason, batch.dropped[earlier as DropReason]);
  }

  // JSON leaves out what is undefined.
  const pending = (): Batch =>
    ({
      v: 1,
      id: (id ??= randomId()),
      ...envelope,
      seq: session!.seq || undefined,
      session: session!.id,
      sentAt: Date.now(),
      dropped,
      events: events(),
    }) as Batch;

  function flush(reason?: SendReason): void {
    if (mode !== "granted") return;
    const [first] = events();
    if (first) {
      if (hooks.flushes.every((listener) => guard(listener)() !== false)) addBatch(pending());
      // In this order: Firefox ends the script of a dying page at any line. What is then sent again in the next
      // event has the same id.
      clearEvents();
      id = dropped = undefined;
      session!.seq++;
    }
    send(reason);
    if (first) storeSession(session);
  }

  function record(event: PageEvent): void {
    if (gathered.length >= MAX_GATHERED_EVENTS) onFull();
    if (mode === "granted") {
      continueSession(event.route);
      if (hooks.events.every((listener) => guard(listener)(event) !== false)) addEvent(event);
    } else if (mode === "denied") drop("consent");
    else if (mode) {
      if (gathered.length >= MAX_GATHERED_EVENTS) drop("queue_full");
      else gathered.push(event);
    }
  }

  function continueSession(route: string | undefined): void {
    const now = Date.now();
    session ??= restoreSession();
    // Also where what is stored is no session.
    if (
      !(
        now - (session?.seen as number) < SESSION_IDLE_MS &&
        now - (session?.began as number) < SESSION_LONGEST_MS
      )
    ) {
      // What waits still belongs to the last one.
      if (session) flush();
      session = { id: randomId(), began: now, seen: now, seq: 0 };
      // At once, so that a second client on the page goes on in the same session.
      storeSession(session);
      record({ type: "session_start", route } as PageEvent);
    }
    session!.seen = now;
  }

  function setMode(next?: Consent): void {
    if (mode === next) return;
    flush("pause");
    mode = next;
    if (next === "denied") storeSession((session = undefined));
    for (const event of gathered.splice(0)) guard(record)(event);
  }

  return {
    record,
    drop,
    flush,
    setMode,
    pending,
    session: () => session ?? ({} as Session),
    envelope,
  };
}
