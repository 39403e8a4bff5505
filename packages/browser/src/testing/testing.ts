/**
 * For tests of apps that use the client.
 *
 * @module
 */
import type { Catalog } from "@rumkit/protocol";
import type { Metrics } from "../contract/metrics.ts";

/** The name of a function of the client, and what it was called with. */
export type RecordedCall<C extends Catalog = Catalog> = {
  [Name in keyof Metrics<C>]: readonly [name: Name, ...given: Parameters<Metrics<C>[Name]>];
}[keyof Metrics<C>];

/** A client that records how it is called, and does nothing else: no network, no storage, no listener, no timer. */
export interface TestMetrics<C extends Catalog = Catalog> extends Metrics<C> {
  /** All calls so far, in order: `["trackAction", "add_to_cart", { category: "books" }]`. */
  readonly calls: readonly RecordedCall<C>[];
  /** What one function was called with, in order: `callsOf("trackAction")` is `[["add_to_cart", { category: "books" }]]`. */
  readonly callsOf: <Name extends keyof Metrics<C>>(name: Name) => readonly Parameters<Metrics<C>[Name]>[];
  /** Forgets the calls so far. */
  readonly clear: () => void;
  /** Tells providers of `@rumkit/react` below one with this client to use it, too, in place of their own. */
  readonly replacesProviders: true;
}

/** An object, so that the compiler misses a name that is new. */
const NAMES: { readonly [Name in keyof Metrics]: true } = {
  trackAction: true,
  trackConversion: true,
  trackPageView: true,
  trackError: true,
  measure: true,
  trackFeature: true,
  setContext: true,
  setConsent: true,
  flush: true,
  start: true,
  stop: true,
};

/**
 * Creates a client for a test. Each has its own calls. Functions may be destructured, and never throw.
 *
 * Clicks, forms, vitals and all else that the client of a page sees by itself is not recorded: there is no page to watch.
 *
 * @example
 * const metrics = createTestMetrics<typeof catalog>();
 * render(<MetricsProvider client={metrics}><Product /></MetricsProvider>);
 * await userEvent.click(screen.getByText("Add to cart"));
 * expect(metrics.callsOf("trackAction")).toEqual([["add_to_cart", { category: "books" }]]);
 */
export function createTestMetrics<C extends Catalog = Catalog>(): TestMetrics<C> {
  const calls: [name: string, ...given: unknown[]][] = [];
  const functions = Object.keys(NAMES).map((name) => [
    name,
    (...given: unknown[]): void => void calls.push([name, ...given]),
  ]);
  return {
    ...(Object.fromEntries(functions) as Metrics<C>),
    calls: calls as unknown as RecordedCall<C>[],
    callsOf: (name) =>
      calls.filter(([called]) => called === name).map(([, ...given]) => given) as Parameters<
        Metrics<C>[typeof name]
      >[],
    clear: () => void calls.splice(0),
    replacesProviders: true,
  };
}
