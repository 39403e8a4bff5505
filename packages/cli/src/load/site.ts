import {
  type Catalog,
  type ConversionSpec,
  createRouteMatcher,
  currencyExponent,
  type MeasurementSpec,
  type LabelSpec,
} from "@rumkit/protocol";
import { measurementFamilyName } from "@rumkit/server/internal/metrics";

/** The parts of a catalog that a page reports. Entries of the server are not in it: a page that sent them is refused. */
export interface Site {
  /** The catalog's app; undefined if a collector's draft is used, because the collector knows its own name. */
  readonly app: string | undefined;
  readonly routes: readonly string[];
  readonly actions: readonly Call[];
  readonly conversions: readonly Goal[];
  readonly measurements: readonly Measured[];
  readonly features: readonly string[];
  readonly endpoints: readonly string[];
  /** Steps by funnel. */
  readonly funnels: Readonly<Record<string, readonly string[]>>;
  /** Returns the pattern that a path is counted under. */
  readonly matchRoute: (path: string) => string;
}

export interface Call {
  readonly name: string;
  readonly labels: LabelSpec;
}

export interface Goal extends Call {
  /** Currencies with the digits of their minor unit; empty for a goal without money. */
  readonly money: readonly { readonly currency: string; readonly exponent: number }[];
}

export interface Measured extends Call {
  /** The name of its histogram. */
  readonly metric: string;
  /** Lowest and highest edge of its buckets. */
  readonly range: readonly [low: number, high: number];
}

/** The site that visitors see at a collector that has no catalog, and has not seen a page yet. */
export const FIRST_SITE: Site = siteOf({
  app: "app",
  routes: ["/", "/products/:id", "/cart", "/checkout"],
  actions: { add_to_cart: { help: "Products put into the cart." } },
  conversions: { checkout: { help: "Carts that were paid.", value: { money: ["USD"] } } },
});

/** Reads a catalog. `isDraft`: a collector made it from what it has seen. */
export function siteOf(catalog: Catalog, isDraft = false): Site {
  const { app, routes, actions, conversions, measurements, features, endpoints = [], funnels = {} } = catalog;
  return {
    app: isDraft ? undefined : app,
    routes: routes.length > 0 ? routes : ["/"],
    actions: ofPages(actions).map(([name, { labels = {} }]) => ({ name, labels })),
    conversions: ofPages(conversions).map(([name, spec]) => goalOf(name, spec)),
    // A draft renames measurements by their units: a collector without a catalog would count them as new ones.
    measurements: isDraft ? [] : ofPages(measurements).map(([name, spec]) => measuredOf(name, spec)),
    features: Object.keys(features ?? {}),
    endpoints,
    funnels,
    matchRoute: createRouteMatcher(routes),
  };
}

function goalOf(name: string, { labels = {}, value }: ConversionSpec): Goal {
  const money = (value?.money ?? []).map((currency) => ({ currency, exponent: currencyExponent(currency) }));
  return { name, labels, money };
}

function measuredOf(name: string, spec: MeasurementSpec): Measured {
  const { labels = {}, buckets } = spec;
  const [low = 0, high = low] = [buckets[0], buckets.at(-1)];
  return { name, labels, metric: measurementFamilyName(name, spec), range: [low, high] };
}

function ofPages<S extends { readonly from?: "page" | "server" }>(
  specs: Readonly<Record<string, S>> | undefined,
): [string, S][] {
  return Object.entries(specs ?? {}).filter(([, { from }]) => from !== "server");
}
