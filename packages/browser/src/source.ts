import type { ErrorEvent, PageEvent, PageViewNavigation } from "@rumkit/protocol";
import type { MetricsOptions } from "./metrics.ts";

type Unstamped<Event> = Event extends PageEvent ? Omit<Event, "at" | "route" | "count"> : never;

/** An event before it is stamped with time and route. */
export type NewEvent = Unstamped<PageEvent>;

/** What a source may do with its page. The object stays the same over `stop()` and `start()`. */
export interface SourceContext {
  readonly options: MetricsOptions;
  /** Queues an event of `route`, by default the current one. Does nothing while stopped. */
  record(event: NewEvent, route?: string): void;
  /** Without a navigation, the first view is a load (or prerender) and every other a push. */
  recordPageView(route: string, navigation?: PageViewNavigation): void;
  /** Queues an error, unless this very object was recorded before. */
  recordError(error: unknown, source: ErrorEvent["source"], componentStack?: unknown): void;
  /** The route of the last page view, before the first one that of the path. */
  route(): string;
  /** The route of the path in the address bar, whatever view was counted last. */
  pathRoute(): string;
  /** The same function, except that what it throws stays here and counts as one dropped event. */
  guard<Arguments extends unknown[], Result>(
    call: (...args: Arguments) => Result,
  ): (...args: Arguments) => Result | undefined;
  /** Listens until `stop()`. The listener is guarded. */
  on(target: EventTarget, type: string, listener: (event: never) => void, capture?: boolean): void;
}

/**
 * One thing that is captured. Runs on every start, and returns what undoes more than its listeners; that may
 * run more than once.
 *
 * A file of its own for each, so that a source that is not imported costs no byte.
 */
export type Source = (page: SourceContext) => (() => void) | void;
