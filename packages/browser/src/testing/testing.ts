/**
 * Test client for tests of apps.
 *
 * @module
 */
import type { Catalog } from "@rumkit/protocol";
import type { Metrics } from "../contract/metrics.ts";

/** A recorded call: the name of a function of the client, and its arguments. */
export type RecordedCall<C extends Catalog = Catalog> = {
  [Name in keyof Metrics<C>]: readonly [name: Name, ...given: Parameters<Metrics<C>[Name]>];
}[keyof Metrics<C>];

/** A client that only records its calls: no network, no storage, no listener, no timer. */
export interface TestMetrics<C extends Catalog = Catalog> extends Metrics<C> {
  /** All calls so far, in order: `["trackAction", "add_to_cart", { category: "books" }]`. */
  readonly calls: readonly RecordedCall<C>[];
  /** Returns the arguments of each call of one function: `callsOf("trackAction")` is `[["add_to_cart", { category: "books" }]]`. */
  readonly callsOf: <Name extends keyof Metrics<C>>(name: Name) => readonly Parameters<Metrics<C>[Name]>[];
  /** Deletes the calls so far. */
  readonly clear: () => void;
  /** Marks the client: providers of `@rumkit/react` below one with it use it instead of their clients. */
  readonly replacesProviders: true;
}

/** An object, so the compiler reports a missing name. */
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
 * Creates a client for a test. Each client has separate calls. Functions can be destructured and never throw.
 *
 * Clicks, forms, vitals and other automatic events are not recorded, because the client watches no page.
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
