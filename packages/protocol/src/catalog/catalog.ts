import type { AlertSpec } from "./alertSpec.ts";
import type { ExactCatalog } from "./exactCatalog.ts";
import type { WebVitalName } from "../values/webVitals.ts";

/** Label names with all their values. Because the sets are closed, the number of series is known in advance. */
export type LabelSpec = Readonly<Record<string, readonly string[]>>;

/** A base unit, as Prometheus writes it at the end of a metric name. */
export type Unit = "seconds" | "bytes" | "ratio";

/**
 * Something that a user does, counted in `rum_actions_total{action}`; if server code reports it, in
 * `actions_total{action}`.
 */
export interface ActionSpec {
  /** One sentence with a full stop: the HELP text in dashboards and docs. */
  readonly help: string;
  /** Labels with every value that they may have. Everything else in a call is an attribute. */
  readonly labels?: LabelSpec;
  /**
   * The side that may report it. `"page"` (the default): the metric starts with `rum_`, and its money is only a claim.
   * `"server"`: server code; its money is revenue, and an event of a page is refused.
   */
  readonly from?: "page" | "server";
  /** Counted under this name as well, without labels. Only with `from: "server"`. */
  readonly family?: StandardFamily;
}

/**
 * Families that dashboards of any backend can show. They have no labels: the labels of an entry are in its own family.
 */
export type StandardFamily =
  | "user_registrations_total"
  | "user_logins_total"
  | "user_logouts_total"
  | "failed_login_attempts_total"
  | "orders_created_total";

/**
 * A business goal that was reached, counted in `rum_conversions_total{conversion}`; if server code reports it, in
 * `conversions_total`.
 */
export interface ConversionSpec extends ActionSpec {
  /** The conversion carries money in one of these ISO 4217 currencies. */
  readonly value?: { readonly money: readonly string[] };
  /**
   * Adds the session's rating to its families, `revenue_total{experience}`: four times the series. Only with
   * `from: "server"`: conversions of pages always have it.
   */
  readonly experience?: true;
  /**
   * The goal of the business, which the live page shows first; one conversion at most. Default: the first of the
   * server with money, else the first of the server, else the first.
   */
  readonly primary?: true;
}

/**
 * A number that the app measures itself: one histogram, `rum_<name>_<unit>`; if server code reports it,
 * `<name>_<unit>`.
 */
export interface MeasurementSpec extends ActionSpec {
  /** The unit of every value, in base units. */
  readonly unit: Unit;
  /** Upper bucket edges in `unit`, strictly increasing, at most 30. */
  readonly buckets: readonly number[];
}

/**
 * Work that the backend does: `jobs_accepted_total{job_name}`, `jobs_in_flight{job_name}`, and
 * `job_duration_seconds{job_name,outcome}`.
 */
export interface JobSpec {
  /** One sentence with a full stop. */
  readonly help: string;
  /**
   * Upper bucket edges in seconds that this job needs, strictly increasing. The family has the edges of all jobs, at
   * most 30. Default 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10 and 30.
   */
  readonly buckets?: readonly number[];
}

/** A feature of the app whose use is counted: `rum_feature_usage_total{feature}`. */
export interface FeatureSpec {
  /** One sentence with a full stop. */
  readonly help: string;
}

interface IngestedBase {
  /** One sentence with a full stop. */
  readonly help: string;
  /** Labels with every value that they may have. An item with another value is rejected. */
  readonly labels?: LabelSpec;
}

/**
 * A value that other services report to `POST /ingest`. Its metric is its name with underscores for dots and
 * dashes, then the unit, then `_total` for a counter: `api.response_time` is `api_response_time_seconds`.
 */
export type IngestedSpec =
  | (IngestedBase & { readonly type: "counter" | "gauge"; readonly unit?: Unit })
  | (IngestedBase & {
      readonly type: "histogram";
      readonly unit: Unit;
      /** Upper bucket edges in `unit`, strictly increasing, at most 30. */
      readonly buckets: readonly number[];
    });

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
  /** The backend's requests. */
  readonly http?: HttpSpec;
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
