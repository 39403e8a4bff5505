import type { AlertSpec } from "./alertSpec.ts";
import type {
  ActionSpec,
  AliasSpec,
  ConversionSpec,
  FeatureSpec,
  GaugeSpec,
  IngestedSpec,
  JobSpec,
  MeasurementSpec,
} from "./entrySpecs.ts";
import type { ExactCatalog } from "./exactCatalog.ts";
import type { LiveSpec } from "./liveSpec.ts";
import type { WebVitalName } from "../values/webVitals.ts";

/** The promises of the team. Each objective becomes alerts on its error budget in the generated Prometheus rules. */
export type ObjectiveSpec =
  | {
      /** The vital that the objective is about. */
      readonly vital: WebVitalName;
      /** Good is at or below this value: seconds, or the CLS score. Must be a bucket edge of the vital. */
      readonly below: number;
      /** The share of page views that must be good, 0–1. */
      readonly ratio: number;
    }
  | {
      readonly http: {
        /** The share of backend requests that may answer 5xx, 0–1. */
        readonly errorsBelow: number;
      };
    };

/** Names and labels of the metrics of the backend's own requests, by `httpMetrics()` and `nodeHttpMetrics()`. */
export interface HttpSpec {
  /**
   * `"classic"`: `http_requests_total{method,route,status}` and its like. `"opentelemetry"`: the names of the semantic
   * conventions, `http_server_request_duration_seconds{http_request_method,http_route,…}`, for dashboards that use
   * them. Default `"classic"`.
   */
  readonly names?: "classic" | "opentelemetry";
  /** The value of the label `status`: the class, `5xx` (default), or the exact code, which takes more series. */
  readonly status?: "class" | "code";
  /**
   * Upper edges in seconds, strictly increasing, at most 30, of the durations by route. Default 7 from 25 ms to 5 s;
   * with OpenTelemetry's names, the edges that it recommends.
   */
  readonly buckets?: readonly number[];
}

/**
 * The one declaration of what an app counts. It types the calls in the page, the server checks against it, and every
 * generated file comes from it.
 */
export interface Catalog {
  /** The app's name. A batch that names an app must name this one. */
  readonly app: string;
  /** Route patterns: `:name` for one segment, a last `*` for the rest. The first that matches wins. */
  readonly routes: readonly string[];
  /**
   * Learn templates of paths that no pattern matches: numbers, UUIDs, hashes and dates become parameters, and
   * so does a place with too many different words. `max`: templates at most, then `unmatched`; 1–1,000, default
   * 100. Default: on for pages if `routes` is empty, and for the backend's own requests if `endpoints` is empty.
   */
  readonly learnRoutes?: boolean | { readonly max: number };
  /**
   * Count names of actions, conversions, measurements and features that this catalog does not declare, in snake_case
   * and without labels. `max`: names of each kind at most, then `__other__`; 1–1,000, default 200. Default false; a
   * collector without a catalog learns.
   */
  readonly learnNames?: boolean | { readonly max: number };
  readonly actions?: Readonly<Record<string, ActionSpec>>;
  readonly conversions?: Readonly<Record<string, ConversionSpec>>;
  readonly measurements?: Readonly<Record<string, MeasurementSpec>>;
  /** Features whose use pages report with `trackFeature`. */
  readonly features?: Readonly<Record<string, FeatureSpec>>;
  /** Jobs that server code runs through `trackJob`, `timed` and `tracked`. */
  readonly jobs?: Readonly<Record<string, JobSpec>>;
  /** States of the moment that server code sets with `setGauge`, or has read with `observeGauge`. */
  readonly gauges?: Readonly<Record<string, GaugeSpec>>;
  /** Values that other services report, by the name that they use: `"api.response_time"`. */
  readonly ingested?: Readonly<Record<string, IngestedSpec>>;
  /**
   * Patterns of the API's paths, for what pages report of their requests: `/api/products/:id`. An endpoint of
   * another origin is a whole URL. What no pattern matches is counted as `unmatched`.
   */
  readonly endpoints?: readonly string[];
  /**
   * Ways to a goal, step by step: a session counts once for each step, in order. A step is something that
   * pages report: `page_view:/cart`, `action:add_to_cart`, `conversion:checkout_intent`, `feature:dark_mode`.
   */
  readonly funnels?: Readonly<Record<string, readonly string[]>>;
  readonly objectives?: Readonly<Record<string, ObjectiveSpec>>;
  /**
   * Alerts, in addition to those about objectives and about the collector. `conversions_missing` and
   * `conversion_rate_halved` exist by default if the catalog has conversions: an entry of that name replaces the
   * default, `false` turns it off.
   */
  readonly alerts?: Readonly<Record<string, AlertSpec | false>>;
  /**
   * Further names of families, for boards that exist: the family is exposed a second time under each, with the same type
   * and labels. Each costs the series of its family.
   */
  readonly aliases?: Readonly<Record<string, string | AliasSpec>>;
  /** The backend's requests. */
  readonly http?: HttpSpec;
  /** The cards and charts that the live page opens with. Default: the page chooses from what is counted. */
  readonly live?: LiveSpec;
}

/**
 * Returns the catalog unchanged, with the type that everything else is derived from.
 *
 * @example
 * export const catalog = defineCatalog({
 *   app: "shop",
 *   routes: ["/", "/product/:id"],
 *   actions: { add_to_cart: { help: "Items put into the cart.", labels: { category: ["books", "games"] } } },
 * });
 */
export function defineCatalog<const C extends Catalog>(catalog: C & ExactCatalog<C>): C {
  return catalog;
}
