import type { Hooks, PageOptions, SourceContext } from "../contract/source.ts";
import { createErrorCall } from "./createErrorCall.ts";
import { wireDetails } from "./wireDetails.ts";
import { MAX_GATHERED_EVENTS, SESSION_IDLE_MS, SESSION_LONGEST_MS } from "../base/limits.ts";
import type { Batch, BatchEnvelope, DropReason, PageEvent } from "@rumkit/protocol";
import type { Consent } from "../contract/metrics.ts";
import { restoreSession, type Session, storeSession } from "../base/session.ts";
import { createQueue } from "../delivery/createQueue.ts";
import { createTransport } from "../delivery/createTransport.ts";
import { randomId } from "../base/randomId.ts";

/** What an app calls, before types: a caller without a compiler may pass anything. */
type Calls = Pick<SourceContext, "trackError" | "trackPageView"> &
  Record<
    "trackAction" | "trackConversion" | "trackFeature" | "measure",
    (name: unknown, ...rest: unknown[]) => void
  >;

/** What sources may do, and what decides whether anything is recorded. */
interface Recorder extends Pick<
  SourceContext,
  "drop" | "envelope" | "path" | "pending" | "record" | "resend" | "route" | "routeOf" | "session"
> {
  envelope: Partial<BatchEnvelope>;
  /** Sends now what waits. `isLast`: there may be no other time. */
  flush(isLast?: unknown): void;
  /** Sends, withholds or gathers from now on; without a consent nothing is recorded: the client is stopped. */
  setMode(consent?: Consent): void;
}

/**
 * The way of an event: call, route, consent, session, listeners, queue. What is no event of its kind the collector
 * refuses, and counts by reason.
 */
export const createRecorder = (
  options: PageOptions,
  hooks: Hooks,
  guard: SourceContext["guard"],
): [Calls, Recorder] => {
  const { path = ({ pathname }) => pathname, route: nameRoute = String } = options;
  const envelope: Recorder["envelope"] = {};
  let mode: Consent | undefined = "unknown";
  let session: Session | undefined;
  let dropped: Batch["dropped"];
  /** Of the pending batch. It stays the same while the batch grows, so that it can arrive only once. */
  let id: string | undefined;
  /** What waits for consent, or for a start. */
  const gathered: PageEvent[] = [];
  /** The route of the last page view. */
  let viewed: string | undefined;

  const drop = (reason: DropReason, count = 1): void => {
    (dropped ??= {})[reason] = (dropped[reason] || 0) + count;
  };

  const lose = (batch: Pick<Batch, "events" | "dropped">, reason: DropReason): void => {
    for (const event of batch.events) drop(reason, event.count);
    for (const earlier in batch.dropped) drop(earlier as DropReason, batch.dropped[earlier as DropReason]);
  };

  const [addEvent, events, clearEvents] = createQueue(() => flush(), drop);
  const [addBatch, send, clearBatches] = createTransport(options, hooks, lose);
  // A caller without a compiler may give anything, and this is the route of all that follows.
  // oxlint-disable-next-line typescript/no-unnecessary-type-conversion -- As said above.
  const routeOf = (of: string): string => (guard(nameRoute)(of) || of) + "";
  const route = (): string => viewed ?? routeOf(path(location));

  /** Whether no listener objects, by returning false. */
  const pass = <Given>(listeners: ((given: Given) => unknown)[], given?: Given): boolean =>
    listeners.every((listener) => guard(listener)(given!) !== false);

  // JSON leaves out what is undefined.
  const pending = (): Batch =>
    ({
      v: 1,
      id: (id ??= randomId()),
      app: options.app,
      release: options.release,
      environment: options.environment,
      ...envelope,
      seq: session!.seq || undefined,
      session: session!.id,
      sentAt: Date.now(),
      dropped,
      events: events(),
    }) as Batch;

  const flush = (isLast?: unknown): void => {
    // Only with a consent an event waits here.
    const [first] = events();
    if (first) {
      if (pass(hooks.flushes)) addBatch(pending());
      // In this order: Firefox ends the script of a dying page at any line. What is then sent again in the next
      // event has the same id.
      clearEvents();
      id = dropped = undefined;
      session!.seq++;
    }
    send(isLast);
    if (first) storeSession(options.url, session);
  };

  const record = (unstamped: object, of = route()): void => {
    const event = { ...unstamped, route: of } as PageEvent;
    if (mode === "granted") {
      continueSession(of);
      if (pass(hooks.events, event)) addEvent(event);
    } else if (mode === "denied") drop("consent");
    else if (mode) {
      if (gathered.length >= MAX_GATHERED_EVENTS) drop("queue_full");
      else gathered.push(event);
    }
  };

  const continueSession = (of: string): void => {
    const now = Date.now();
    session ??= restoreSession(options.url);
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
      storeSession(options.url, session);
      record({ type: "session_start" }, of);
    }
    session!.seen = now;
  };

  /** Deletes what waits, in memory and in storage. Also where it is denied already: a source may have started since. */
  const forget = (): void => {
    lose({ events: events() }, "consent");
    clearEvents();
    clearBatches();
    id = session = undefined;
    storeSession(options.url, session);
    pass(hooks.flushes, true);
  };

  const setMode = (next?: Consent): void => {
    if (next === "denied") forget();
    else if (mode !== next) flush(true);
    mode = next;
    for (const event of gathered.splice(0)) guard(record)(event, event.route);
  };

  /** A call with a name, a number or not, and details or not. */
  const track =
    (type: string) =>
    (name: unknown, given?: unknown, details?: unknown): void => {
      const value = typeof given === "bigint" ? Number(given) : given;
      // What is no number the collector refuses, and says so.
      if (typeof value === "number" || type === "measurement")
        record({ type, name, value, details: wireDetails(details) });
      else record({ type, name, details: wireDetails(value) });
    };

  return [
    {
      trackAction: track("action"),
      trackConversion: track("conversion"),
      trackFeature: track("feature"),
      measure: track("measurement"),
      trackPageView(of, navigation = (viewed && "soft") as "soft" | undefined) {
        // oxlint-disable-next-line typescript/no-unnecessary-type-conversion -- As of `routeOf`.
        record({ type: "page_view", navigation }, (viewed = of + ""));
      },
      trackError: createErrorCall(record),
    },
    {
      drop,
      envelope,
      flush,
      path,
      pending,
      record,
      resend: addBatch,
      route,
      routeOf,
      session: () => session ?? ({} as Session),
      setMode,
    },
  ];
};
