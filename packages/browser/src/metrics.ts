import type {
  ActionEntry,
  ActionName,
  Catalog,
  ConversionArguments,
  ConversionEntry,
  DetailsArguments,
  MeasurementEntry,
  MeasurementName,
  PageConversionName,
  RouteOf,
} from "@rumkit/protocol";

export interface MetricsOptions {
  /** Where batches go. Default `/collect` of the page's own origin; another origin costs no preflight. */
  url?: string;
  /** The app's name. Default: the collector's own. Costs its own length in every batch. */
  app?: string;
  /** The app's release, free text for the live tail. Default none. Costs its own length in every batch. */
  release?: string;
  /**
   * Whether the page is watched at once. Default true. With `false`, creating has no side effect at all:
   * calls wait in memory (up to 256 KiB) until `start()`.
   */
  start?: boolean;
  /**
   * `"auto"` (default) counts the load and every change of the path. `"manual"` leaves that to
   * `trackPageView`; a restore from the back-forward cache is still counted, as no code of the app sees it.
   * The price of `"auto"`: history methods are wrapped in browsers without the Navigation API.
   */
  pageViews?: "auto" | "manual";
  /**
   * Names the route of a path: `/product/7` is `/product/:id`. Default: the path itself, which the collector
   * matches to the catalogue's patterns. Runs once a page view, and once an event before the first view;
   * where it throws, the path is used.
   */
  route?: (path: string) => string;
  /** Warns on the console of what the collector refused. Default false. Costs the reading of each answer. */
  debug?: boolean;
}

export interface ErrorDetails {
  /** Who saw the error. Default `"handled"`. */
  source?: "handled" | "react";
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
    name: Name,
    ...details: DetailsArguments<ActionEntry<C, Name>>
  ) => void;
  /**
   * Counts a business goal. `value` with `currency` is money in major units (19.99), exact to the minor
   * unit; what is no amount of the currency is dropped. The batch leaves within a second.
   */
  trackConversion: <Name extends PageConversionName<C>>(
    name: Name,
    ...details: ConversionArguments<ConversionEntry<C, Name>>
  ) => void;
  /** Counts a view of a route, and names the route of all that follows. */
  trackPageView: (route: RouteOf<C>) => void;
  /** Counts an error once, however often the same object comes back here or to `window.onerror`. */
  trackError: (error: unknown, details?: ErrorDetails) => void;
  /** Observes a finite number in the unit that the catalogue declares. */
  measure: <Name extends MeasurementName<C>>(
    name: Name,
    value: number,
    ...details: DetailsArguments<MeasurementEntry<C, Name>>
  ) => void;
  /** Sends now what waits. */
  flush: () => void;
  /** Watches the page. Does nothing while it does already; may follow `stop()`. */
  start: () => void;
  /** Sends what waits, removes every listener and patch, and makes all other calls do nothing. */
  stop: () => void;
}
