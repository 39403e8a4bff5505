import type {
  ActionEntry,
  ActionName,
  Attributes,
  Catalog,
  ConversionArguments,
  ConversionEntry,
  DetailsArguments,
  FeatureName,
  MeasurementEntry,
  MeasurementName,
  PageConversionName,
  PageEvent,
  RefusedOnPage,
  RouteOf,
} from "@rumkit/protocol";
import type { Source } from "./source.ts";

/**
 * Consent of the user. `"granted"` sends events. `"denied"` records nothing and deletes pending events in memory and in
 * storage; the next batch after a grant reports how many were withheld. `"unknown"` gathers events in memory (up to
 * 10,000), uses no storage and sends no event until the user decides.
 */
export type Consent = "granted" | "denied" | "unknown";

/** The options of every client, whatever its sources are. */
export interface ClientOptions {
  /**
   * URL of the collector, with the write key if it requires one: `https://rum.example/collect?key=…`. Default
   * `/collect` on the page's origin. Another origin needs no preflight.
   */
  url?: string;
  /**
   * The `credentials` of `fetch`: whether cookies and logins are sent with batches. Default `"same-origin"`, so a page
   * behind a login reaches its collector. Use `"include"` for a collector on another origin behind a login.
   */
  credentials?: RequestCredentials;
  /** Name of the app. Default: the app of the collector's catalog. Adds its length to every batch. */
  app?: string;
  /** Release of the app: free text for the live tail. Default none. Adds its length to every batch. */
  release?: string;
  /** Environment of the app, such as `"production"` or `"staging"`: free text for the live tail. Default none. */
  environment?: string;
  /** Consent at the start. `setConsent` changes it. Default `"granted"`. */
  consent?: Consent;
  /**
   * Starts the client immediately. Default true. With `false`, creating the client has no side effect: calls wait in
   * memory (up to 10,000) until `start()`.
   */
  start?: boolean;
  /**
   * Returns the path of a URL. Default: its path without query and hash. Use `hashPath` for routers that keep the path
   * after `#`.
   */
  path?: (url: Pick<URL, "pathname" | "hash">) => string;
  /**
   * Returns the route of a path: `/product/:id` for `/product/7`. Default: the path, which the collector matches to the
   * catalog's patterns. `templatePath` removes ids before they leave the page. Runs for each event before the first
   * page view, then once per page view. If it throws, the path is used.
   */
  route?: (path: string) => string;
  /**
   * Patterns of URLs, with origin and query, that `apiTimings` and `apiCalls` leave out:
   * `[/\/heartbeat$/, /^https:\/\/maps\.example\//]`. Default none. Requests to the collector, and page data that
   * frameworks fetch, never count.
   */
  ignoreUrls?: readonly RegExp[];
  /**
   * Called with each response to a batch, including those that lead to a retry. `status` is 0 if there was no
   * response. `url` is the option. `warnOfRejections` prints rejections on the console.
   */
  onAnswer?: (response: Response, url: string) => unknown;
}

/** The options of `createMetrics`. */
export interface MetricsOptions extends ClientOptions {
  /**
   * Consent at the start. Default `"denied"` if the browser sends Global Privacy Control, else `"granted"`. Consent that
   * the user gives to the app itself takes precedence: pass it here or to `setConsent`.
   */
  consent?: Consent;
  /**
   * `"auto"` (default) counts the load and every change of the path. `"manual"` leaves that to `trackPageView`; restores
   * from the back-forward cache still count, because no code of the app sees them. `"auto"` wraps the history methods
   * in browsers without the Navigation API.
   */
  pageViews?: "auto" | "manual";
  /**
   * Counts page views, loads and vitals also in a frame of another document. Default false, because a hidden frame that
   * renews a login loads the whole app. Set it to true for an app in a frame that users see.
   */
  embedded?: boolean;
  /**
   * Fraction of sessions that report, above 0 and at most 1. Default 1. The collector scales its counts by it, and keeps
   * the raw number of events as well. A session reports completely or not at all.
   */
  sampleRate?: number;
  /**
   * Called with each event before it is queued. It may change the event, or discard it by returning false; discarded
   * events are counted as dropped. Runs once per event, synchronously. If it throws, the event is dropped.
   */
  beforeSend?: (event: PageEvent) => boolean | void;
  /**
   * Sources in addition to the default set: `apiCalls()`, `funnels()`, `consoleErrors()`, `heap()`, `visibility()`,
   * `workers(worker)`, or custom ones.
   */
  sources?: readonly Source[];
  /**
   * Prints on the console what the collector rejected, and that no collector answers: each message once. Default true
   * if the page's host is `localhost`, a subdomain of it, `127.…` or `[::1]`, else false. The client then reads
   * the body of each response.
   */
  debug?: boolean;
}

export interface ErrorDetails {
  /** Origin of the report. Default `"handled"`. */
  source?: "handled" | "react" | "worker";
  /** React's component stack, appended to the error's stack. */
  componentStack?: string | null | undefined;
}

/**
 * The client of one page. All functions can be destructured and never throw. Events that cannot be sent are dropped, and
 * the next batch reports how many. On a server, all functions do nothing.
 */
export interface Metrics<C extends Catalog = Catalog> {
  /** Counts an action of the user. Declared keys of `details` become labels, all others attributes. */
  trackAction: <Name extends ActionName<C>>(
    name: Name | RefusedOnPage<C, "actions", "trackAction">,
    ...details: DetailsArguments<ActionEntry<C, Name>>
  ) => void;
  /**
   * Counts a business goal. `value` with `currency` is money in major units (19.99), exact to the minor unit. Amounts
   * that are invalid for the currency are dropped. With `standby()`, part of the default set, the batch is sent within a
   * second.
   */
  trackConversion: <Name extends PageConversionName<C>>(
    name: Name | RefusedOnPage<C, "conversions", "trackConversion">,
    ...details: ConversionArguments<ConversionEntry<C, Name>>
  ) => void;
  /** Counts a view of a route. Later events have this route. */
  trackPageView: (route: RouteOf<C>) => void;
  /** Counts an error. The same object counts once, even if it also reaches `window.onerror`. */
  trackError: (error: unknown, details?: ErrorDetails) => void;
  /** Observes a finite number in the unit that the catalog declares. */
  measure: <Name extends MeasurementName<C>>(
    name: Name | RefusedOnPage<C, "measurements", "measure">,
    value: number,
    ...details: DetailsArguments<MeasurementEntry<C, Name>>
  ) => void;
  /** Counts a use of a feature of the app. */
  trackFeature: (name: FeatureName<C>) => void;
  /**
   * Sets attributes for all batches from now on. Each call replaces the previous attributes. They appear in the live
   * tail, never in a label. Strings, finite numbers and booleans, at most 32 keys.
   */
  setContext: (attributes: Attributes) => void;
  /** Sets the user's decision. Can be called again whenever it changes. */
  setConsent: (consent: Consent) => void;
  /** Sends pending events now. */
  flush: () => void;
  /** Starts to watch the page. Does nothing if already started. Works again after `stop()`. */
  start: () => void;
  /**
   * Sends pending events, removes listeners and patches, and makes all other calls do nothing. Listeners of
   * `web-vitals` cannot be removed; they record nothing afterwards.
   */
  stop: () => void;
}
