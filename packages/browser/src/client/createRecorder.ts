import type { Consent } from "../contract/metrics.ts";
import { createQueue } from "../delivery/createQueue.ts";
import { MAX_GATHERED_EVENTS, SESSION_IDLE_MS, SESSION_LONGEST_MS } from "../base/limits.ts";
import { createTransport } from "../delivery/createTransport.ts";
import { createErrorCall } from "./createErrorCall.ts";
import { restoreSession, type Session, storeSession } from "../base/session.ts";
import { wireDetails } from "./wireDetails.ts";
import type { Batch, BatchEnvelope, DropReason, PageEvent } from "@rumkit/protocol";
import type { Hooks, PageOptions, SourceContext } from "../contract/source.ts";
import { randomId } from "../base/randomId.ts";

/** The functions that an app calls. Untyped, because plain JavaScript can pass anything. */
type Calls = Pick<SourceContext, "trackError" | "trackPageView"> &
  Record<
    "trackAction" | "trackConversion" | "trackFeature" | "measure",
    (name: unknown, ...rest: unknown[]) => void
  >;

/** The part of the context that records events, and the controls of recording. */
interface Recorder extends Pick<
  SourceContext,
  "drop" | "envelope" | "path" | "pending" | "record" | "resend" | "route" | "routeOf" | "session"
> {
  envelope: Partial<BatchEnvelope>;
  /** Sends pending events. `isLast` sends them immediately, because this may be the last opportunity. */
  flush(isLast?: unknown): void;
  /** Changes the consent: send, withhold or gather from now on. Undefined means stopped: nothing is recorded. */
  setMode(consent?: Consent): void;
}

/**
 * Creates the pipeline of events: call, route, consent, session, listeners, queue. It does not validate: the collector
 * rejects invalid events and counts them by reason.
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
  /** Id of the pending batch. It stays the same while the batch grows, so the batch counts once. */
  let id: string | undefined;
  /** Events that wait for consent or for a start. */
  const gathered: PageEvent[] = [];
  /** Route of the last page view. */
  let viewed: string | undefined;

  const drop = (reason: DropReason, count = 1): void => {
    (dropped ??= {})[reason] = (dropped[reason] || 0) + count;
  };

  const lose = (batch: Pick<Batch, "events" | "dropped">, reason: DropReason): void => {
    for (const event of batch.events) drop(reason, event.count);
    // Not `for … in`, which also finds what a page adds to `Object.prototype`.
    for (const [earlier, count] of Object.entries(Object(batch.dropped) as NonNullable<Batch["dropped"]>))
      drop(earlier as DropReason, count);
  };

  const [addEvent, events, clearEvents] = createQueue(() => flush(), drop);
  const [addBatch, send, clearBatches] = createTransport(options, hooks, lose);
  // oxlint-disable-next-line typescript/no-unnecessary-type-conversion -- Plain JavaScript can return anything.
  const routeOf = (of: string): string => (guard(nameRoute)(of) || of) + "";
  const route = (): string => viewed ?? routeOf(path(location));

  /** Calls all listeners until one returns false. Returns true if none did. */
  const pass = <Given>(listeners: ((given: Given) => unknown)[], given?: Given): boolean =>
    listeners.every((listener) => guard(listener)(given!) !== false);

  // JSON omits undefined values.
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
    // Events are pending only with consent.
    const [first] = events();
    if (first) {
      if (pass(hooks.flushes)) addBatch(pending());
      // The order matters: Firefox can stop the script of a dying page at any line. If the next event sends the batch
      // again, it has the same id.
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
    // The negation also covers stored values that are not sessions: comparisons with NaN are false.
    if (
      !(
        now - (session?.seen as number) < SESSION_IDLE_MS &&
        now - (session?.began as number) < SESSION_LONGEST_MS
      )
    ) {
      // Pending events belong to the previous session.
      if (session) flush();
      session = { id: randomId(), began: now, seen: now, seq: 0 };
      // Immediately, so a second client on the page continues the same session.
      storeSession(options.url, session);
      record({ type: "session_start" }, of);
    }
    session!.seen = now;
  };

  /**
   * Deletes pending data in memory and in storage. Also runs if consent is already denied, because a source may have
   * started since.
   */
  const forget = (): void => {
    lose({ events: events() }, "consent");
    clearEvents();
    clearBatches();
    id = session = undefined;
    storeSession(options.url);
    pass(hooks.flushes, true);
  };

  const setMode = (next?: Consent): void => {
    if (next === "denied") forget();
    else if (mode !== next) flush(true);
    mode = next;
    for (const event of gathered.splice(0)) guard(record)(event, event.route);
  };

  /** Creates the function for calls with a name, an optional number and optional details. */
  const track =
    (type: string) =>
    (name: unknown, given?: unknown, details?: unknown): void => {
      const value = typeof given === "bigint" ? Number(given) : given;
      // The collector rejects a measurement without a number, with a message.
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
        // oxlint-disable-next-line typescript/no-unnecessary-type-conversion -- As in `routeOf`.
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
