import type { Batch, BatchEnvelope, DropReason, ErrorEvent, Navigation, PageEvent } from "@rumkit/protocol";
import type { Session } from "../base/session.ts";
import type { ClientOptions } from "./metrics.ts";

type Unstamped<Event> = Event extends PageEvent ? Omit<Event, "route" | "count"> : never;

/** An event without its route. */
export type NewEvent = Unstamped<PageEvent>;

/** The app's options, with defaults for those that all sources share. */
export type PageOptions = ClientOptions & Required<Pick<ClientOptions, "url">>;

/** Storage for undelivered batches that outlives the page. */
export interface Outbox {
  add(id: string, body: string): void;
  delete(id: string): void;
}

/** Hooks of sources into the pipeline of events. Each start resets them. */
export interface Hooks {
  /** Called with each event before it is queued. They may change it, discard it by returning false, or record another. */
  events: ((event: PageEvent) => unknown)[];
  /**
   * Run before a batch is sent. If one returns false, the batch is discarded. With true, the user has denied consent and
   * the source must delete its data in memory and in storage.
   */
  flushes: ((isDenied?: boolean) => unknown)[];
  /** Runs before gathered events are processed: after the first paint, a second after the start, or on an exit. */
  begin?: () => void;
  outbox?: Outbox;
  /** Runs when a batch has been handed to `fetch`, once per attempt. */
  sent?: (id: string, body: string) => void;
  /** True if a source patches `fetch` and `XMLHttpRequest`, so that other sources ignore requests. */
  seesCalls?: boolean;
}

/** The page as sources see it. The object stays the same across `stop()` and `start()`. */
export interface SourceContext {
  readonly options: PageOptions;
  readonly hooks: Hooks;
  /** Queues an event of `route`, by default the current one. Does nothing while stopped. */
  record(event: NewEvent, route?: string): void;
  /** Counts a page view. Default navigation: hard (or prerender) for the first view, soft for all others. */
  trackPageView(route: string, navigation?: Navigation): void;
  /** Queues an error, unless the same object was recorded before. */
  trackError(error: unknown, details?: { source?: ErrorEvent["source"]; componentStack?: unknown }): void;
  /** Returns the route of the last page view; before the first view, the route of the current path. */
  route(): string;
  /** Returns the path of a URL without query and hash, or the result of the option `path`. */
  path(url: Pick<URL, "pathname" | "hash">): string;
  /** Returns the route of a path by the option `route`, else the path. */
  routeOf(path: string): string;
  /** Counts lost events. The next batch reports them to the collector. */
  drop(reason: DropReason, count?: number): void;
  /** Fields of every batch. Sources may add to them. */
  readonly envelope: Partial<BatchEnvelope>;
  /** Returns the pending batch as it would be sent now. */
  pending(): Batch;
  /** Sends a batch of an earlier page, with its original id, at the next flush. */
  resend(batch: Batch, body: string): void;
  /** Processes gathered events now, if the user has given consent. */
  decide(): void;
  /** Sends pending events now. */
  flush(): void;
  /**
   * Returns the session: its id, and values that sources remember across pages of the tab. Empty before the session
   * starts.
   */
  session(): Session;
  /** Wraps a function so that an exception is caught and counted as one dropped event. */
  guard<Arguments extends unknown[], Result>(
    call: (...args: Arguments) => Result,
  ): (...args: Arguments) => Result | undefined;
  /**
   * Adds a guarded listener until `stop()`. It uses the capture phase, because the app's `stopPropagation` would hide
   * events in the bubble phase.
   */
  on(target: EventTarget, type: string, listener: (event: never) => void): void;
}

/**
 * Captures one kind of event. Runs on every start. May return a function that undoes more than listeners and hooks,
 * which `stop()` removes.
 *
 * Each source has a separate file, so a source that is not imported adds no bytes.
 */
export type Source = (page: SourceContext) => (() => void) | void;
