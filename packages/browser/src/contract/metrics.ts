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
 * Whether the user agreed: `"granted"` sends; `"denied"` records nothing, deletes what waits in memory and in
 * storage, and the next batch after a grant says how much was withheld; `"unknown"` gathers in memory (up to 10,000
 * events), touches no storage and sends no event until it is decided.
 */
export type Consent = "granted" | "denied" | "unknown";

/** What every client knows, whatever its sources are. */
export interface ClientOptions {
  /**
   * Where batches go, with the write key where the collector asks for one: `https://rum.example/collect?key=…`.
   * Default `/collect` of the page's own origin; another origin costs no preflight.
   */
  url?: string;
  /**
   * Whether cookies and logins go with batches, as of `fetch`. Default `"same-origin"`, so that a page behind a
   * login reaches its collector; `"include"` for a collector of another origin behind a login.
   */
  credentials?: RequestCredentials;
  /** The app's name. Default: the collector's own. Costs its own length in every batch. */
  app?: string;
  /** The app's release, free text for the live tail. Default none. Costs its own length in every batch. */
  release?: string;
  /** Where the app runs: `"production"`, `"staging"`. Free text for the live tail. Default none. */
  environment?: string;
  /** The state at the start; `setConsent` changes it. Default `"granted"`. */
  consent?: Consent;
  /**
   * Whether the page is watched at once. Default true. With `false`, creating has no side effect at all:
   * calls wait in memory (up to 10,000) until `start()`.
   */
  start?: boolean;
  /**
   * The path of an address. Default its path without query and hash; `hashPath` for routers that keep theirs
   * after `#`.
   */
  path?: (url: Pick<URL, "pathname" | "hash">) => string;
  /**
   * Names the route of a path: `/product/7` is `/product/:id`. Default: the path itself, which the collector
   * matches to the catalogue's patterns; `templatePath` takes ids out before they leave the page. Runs at each
   * event before the first page view, and once a page view; where it throws, the path is used.
   */
  route?: (path: string) => string;
  /**
   * Requests that `apiTimings` and `apiCalls` leave out: those whose address, with origin and query, one of the
   * patterns matches. `[/\/heartbeat$/, /^https:\/\/maps\.example\//]`. Default none; requests to the collector and
   * those by which frameworks fetch pages never count.
   */
  ignoreUrls?: readonly RegExp[];
  /**
   * Sees each answer to a batch, also where the batch is sent again; `status` is 0 where nobody answered. `url` is the
   * option. `warnOfRejections` says on the console what was refused.
   */
  onAnswer?: (response: Response, url: string) => unknown;
}

/** The options of `createMetrics`. */
export interface MetricsOptions extends ClientOptions {
  /**
   * As of every client, but by default `"denied"` where the browser sends Global Privacy Control: what the
   * user tells the app itself counts for more than that.
   */
  consent?: Consent;
  /**
   * `"auto"` (default) counts the load and every change of the path. `"manual"` leaves that to
   * `trackPageView`; a restore from the back-forward cache is still counted, as no code of the app sees it.
   * The price of `"auto"`: history methods are wrapped in browsers without the Navigation API.
   */
  pageViews?: "auto" | "manual";
  /**
   * Whether page views, loads and vitals count where another document embeds this one, in a frame. Default false: a
   * hidden frame that renews a login loads the whole app. Set it in an app that lives in a frame which users see.
   */
  embedded?: boolean;
  /**
   * The share of sessions that report, above 0 and at most 1. Default 1. The collector scales what it counts
   * by it, and keeps the raw number of events beside. A session reports wholly or not at all.
   */
  sampleRate?: number;
  /**
   * Sees each event before it is queued: it may change it, or leave it out by returning false; what is left
   * out is counted as dropped. Runs once an event, synchronously; where it throws, the event is dropped.
   */
  beforeSend?: (event: PageEvent) => boolean | void;
  /**
   * Sources besides the default set: `apiCalls()`, `funnels()`, `consoleErrors()`, `heap()`, `visibility()`,
   * `workers(worker)`, the app's own.
   */
  sources?: readonly Source[];
  /**
   * Whether the console says what the collector refused, and where it is missing: one sentence a fault, once. Default
   * true where the page's host is `localhost`, one of its subdomains, `127.0.0.1` or `[::1]`, else false. Costs the
   * reading of each answer.
   */
  debug?: boolean;
}

export interface ErrorDetails {
  /** Who saw the error. Default `"handled"`. */
  source?: "handled" | "react" | "worker";
  /** React's component stack. It follows the error's own stack. */
  componentStack?: string | null | undefined;
}

/**
 * The client of one page. Every function is safe to destructure and never throws: what cannot be sent is
 * dropped, and the number of what was dropped travels with the next batch. On a server all do nothing.
 */
export interface Metrics<C extends Catalog = Catalog> {
  /** Counts something that the user did. Declared keys of `details` are labels, all others attributes. */
  trackAction: <Name extends ActionName<C>>(
    name: Name | RefusedOnPage<C, "actions", "trackAction">,
    ...details: DetailsArguments<ActionEntry<C, Name>>
  ) => void;
  /**
   * Counts a business goal. `value` with `currency` is money in major units (19.99), exact to the minor
   * unit; what is no amount of the currency is dropped. With `standby()`, which the
   * default set has, the batch leaves within a second.
   */
  trackConversion: <Name extends PageConversionName<C>>(
    name: Name | RefusedOnPage<C, "conversions", "trackConversion">,
    ...details: ConversionArguments<ConversionEntry<C, Name>>
  ) => void;
  /** Counts a view of a route, and names the route of all that follows. */
  trackPageView: (route: RouteOf<C>) => void;
  /** Counts an error once, however often the same object comes back here or to `window.onerror`. */
  trackError: (error: unknown, details?: ErrorDetails) => void;
  /** Observes a finite number in the unit that the catalogue declares. */
  measure: <Name extends MeasurementName<C>>(
    name: Name | RefusedOnPage<C, "measurements", "measure">,
    value: number,
    ...details: DetailsArguments<MeasurementEntry<C, Name>>
  ) => void;
  /** Counts that a feature of the app was used. */
  trackFeature: (name: FeatureName<C>) => void;
  /**
   * Sets attributes of all that is sent from now on; each call replaces the last. They reach the live tail,
   * never a label. Strings, finite numbers and booleans, 32 keys at most.
   */
  setContext: (attributes: Attributes) => void;
  /** Tells what the user decided. May be called as often as they change their mind. */
  setConsent: (consent: Consent) => void;
  /** Sends now what waits. */
  flush: () => void;
  /** Watches the page. Does nothing while it does already; may follow `stop()`. */
  start: () => void;
  /**
   * Sends what waits, removes listeners and patches, and makes all other calls do nothing. What `web-vitals` has
   * registered cannot be removed; it records nothing then.
   */
  stop: () => void;
}
