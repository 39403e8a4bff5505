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
  /**
   * Counted in this family as well, with the labels of the entry alone: `"license_borrow_attempts_total"`. For boards that
   * exist; each of its label sets costs a series more.
   */
  readonly name?: string;
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
  /**
   * The conversion carries money in one of these ISO 4217 currencies. `by`: those of its labels by which the money is
   * counted as well, `revenue_total{tool}`; default none, because each of their values is another series.
   */
  readonly value?: { readonly money: readonly string[]; readonly by?: readonly string[] };
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
  /** The family's name, in place of `rum_<name>_<unit>` or `<name>_<unit>`. */
  readonly name?: string;
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
  /**
   * Families of this job alone, in which it counts as well. The one of its durations has the edges of `buckets` only.
   */
  readonly names?: JobNames;
}

/** The names of the families of one job. Each is optional. */
export interface JobNames {
  /** A counter of accepted jobs: `"clip_jobs_queued_total"`. */
  readonly accepted?: string;
  /** A gauge of jobs in progress: `"clip_jobs_inflight"`. */
  readonly inFlight?: string;
  /** A histogram of durations by outcome, `done` or `error`: `"clip_job_latency_seconds"`. */
  readonly duration?: string;
  /** The label of the outcome in `duration`. Default `"outcome"`. */
  readonly outcomeLabel?: string;
}

/** A feature of the app whose use is counted: `rum_feature_usage_total{feature}`. */
export interface FeatureSpec {
  /** One sentence with a full stop. */
  readonly help: string;
}

/**
 * A state of the moment that server code knows, such as licenses in use: one gauge, `<name>` or `<name>_<unit>`. Server
 * code sets it with `setGauge`, or has it read with `observeGauge`. Without a value it has no sample, also after a restart.
 */
export interface GaugeSpec {
  /** One sentence with a full stop. */
  readonly help: string;
  /** Labels with every value that they may have. A call with another value is refused. */
  readonly labels?: LabelSpec;
  /** The unit of every value, in base units. Default none: a count. */
  readonly unit?: Unit;
  /**
   * The gauge of the whole, of which this one is a part: `"licenses"` for `licenses_borrowed`. It has the same labels and
   * unit. Boards and the live page show the share.
   */
  readonly outOf?: string;
  /**
   * The rule that joins the values of several processes: `"sum"` if each process knows its part, `"max"` or `"min"` if all of
   * them read one source. Default `"sum"` for counts and bytes, `"max"` for seconds and ratios.
   */
  readonly processes?: "sum" | "max" | "min";
  /** The family's name, in place of `<name>` or `<name>_<unit>`. Only with a `name` may a gauge end in `_total`. */
  readonly name?: string;
}

interface IngestedBase {
  /** One sentence with a full stop. */
  readonly help: string;
  /** Labels with every value that they may have. An item with another value is rejected. */
  readonly labels?: LabelSpec;
  /** The family's name, in place of the one that follows from the value's name. */
  readonly name?: string;
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

/** A part of a family under another name. */
export interface AliasSpec {
  /** The family: `"rum_page_load_seconds"`. */
  readonly of: string;
  /** Only series with these values of labels, which they keep. */
  readonly labels: Readonly<Record<string, string>>;
}
