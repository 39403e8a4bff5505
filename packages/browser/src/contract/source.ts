import type { Batch, BatchEnvelope, DropReason, ErrorEvent, Navigation, PageEvent } from "@rumkit/protocol";
import type { Session } from "../base/session.ts";
import type { ClientOptions } from "./metrics.ts";

type Unstamped<Event> = Event extends PageEvent ? Omit<Event, "route" | "count"> : never;

/** An event before it is stamped with its route. */
export type NewEvent = Unstamped<PageEvent>;

/** The app's options, with the defaults of what all sources share. */
export type PageOptions = ClientOptions & Required<Pick<ClientOptions, "url">>;

/** Keeps batches that could not be delivered, beyond the life of the page. */
export interface Outbox {
  add(id: string, body: string): void;
  delete(id: string): void;
}

/** What sources add to the way of an event. Each start begins anew. */
export interface Hooks {
  /** See each event before it is queued. They may change it, leave it out by returning false, or record another. */
  events: ((event: PageEvent) => unknown)[];
  /**
   * Run before a batch is sent. If one returns false, the batch is discarded. With true: the user has objected, and
   * what the source keeps in memory or in storage is to be deleted.
   */
  flushes: ((isDenied?: boolean) => unknown)[];
  /** Runs before what has gathered is seen: once the page is painted, a second after the start, or when it is left. */
  begin?: () => void;
  outbox?: Outbox;
  /** Runs when a batch is on its way, once for each try. */
  sent?: (id: string, body: string) => void;
  /** Whether a source sees each request of the page itself, so that others need not. */
  seesCalls?: boolean;
}

/** What a source may do with its page. The object stays the same over `stop()` and `start()`. */
export interface SourceContext {
  readonly options: PageOptions;
  readonly hooks: Hooks;
  /** Queues an event of `route`, by default the current one. Does nothing while stopped. */
  record(event: NewEvent, route?: string): void;
  /** Without a navigation, the first view is hard (or of a prerendered page) and every other soft. */
  trackPageView(route: string, navigation?: Navigation): void;
  /** Queues an error, unless this very object was recorded before. */
  trackError(error: unknown, details?: { source?: ErrorEvent["source"]; componentStack?: unknown }): void;
  /** The route of the last page view, before the first one that of the path. */
  route(): string;
  /** The path of an address without query and hash, or what the option `path` takes for it. */
  path(url: Pick<URL, "pathname" | "hash">): string;
  /** The route of a path by the option `route`, else the path itself. */
  routeOf(path: string): string;
  /** Counts lost events. The next batch tells the collector. */
  drop(reason: DropReason, count?: number): void;
  /** What every batch says; a source may add to it. */
  readonly envelope: Partial<BatchEnvelope>;
  /** The batch that waits, as it would be sent now. */
  pending(): Batch;
  /** Sends a batch of an earlier page, under its own id, with the next flush. */
  resend(batch: Batch, body: string): void;
  /** Lets what has gathered be seen now, if the user has agreed. */
  decide(): void;
  /** Sends now what waits. */
  flush(): void;
  /** The session: its id, and what sources remember over pages of the tab, each under its own name. Empty before it begins. */
  session(): Session;
  /** The same function, except that what it throws stays here and counts as one dropped event. */
  guard<Arguments extends unknown[], Result>(
    call: (...args: Arguments) => Result,
  ): (...args: Arguments) => Result | undefined;
  /**
   * Listens until `stop()`, in the capture phase, so that an app's `stopPropagation` hides nothing. The listener
   * is guarded.
   */
  on(target: EventTarget, type: string, listener: (event: never) => void): void;
}

/**
 * One thing that is captured. Runs on every start, and returns what undoes more than its listeners and hooks.
 *
 * A file of its own for each, so that a source that is not imported costs no byte.
 */
export type Source = (page: SourceContext) => (() => void) | void;
