import type { AlertDuration, AlertLabels } from "./alertSpec.ts";

/** The words of a card or a chart. */
interface Titled {
  /** Heading. Default: its name as words. */
  readonly title?: string;
  /** One sentence with a full stop: what is counted. Default: a sentence about the number. */
  readonly help?: string;
}

interface Selected {
  /** Label values to select. Default: all series of the metric. */
  readonly labels?: AlertLabels;
  /**
   * A label whose values are shown separately: as lines or bars of a chart, and on a card while the viewer filters by
   * it. Its values must be declared, at most 24. Default: the sum of all series.
   */
  readonly by?: string;
}

interface Windowed {
  /** Complete seconds before now that the number is made of, at most `"15m"`. Default `"1m"`; of a rate per second `"10s"`. */
  readonly over?: AlertDuration;
}

type Judged =
  | {
      /** Above it the number is red. A ratio is 0–1, money is in major units. Default: no threshold. */
      readonly critical: number;
      /** Above it the number is orange. At most `critical`, which is the default. */
      readonly warning?: number;
    }
  | { readonly critical?: never; readonly warning?: never };

/**
 * Events of a counter per second or minute; observations of a histogram. A counter is a metric, `http_requests_total`,
 * or something that the catalog declares, as a step of a funnel: `conversion:purchase`, `action:login`,
 * `page_view:/cart`, `feature:dark_mode`.
 */
interface RateSource extends Selected, Windowed {
  readonly rate: string;
  /** Default `"second"`. */
  readonly per?: "second" | "minute";
}

/** Events of a counter in the window; observations of a histogram. */
interface IncreaseSource extends Selected, Windowed {
  readonly increase: string;
}

/** Money in the window: of a conversion, `conversion:purchase`, or of a metric, `refunds_total`. */
interface MoneySource extends Selected, Windowed {
  readonly money: string;
  /** ISO 4217. Default: the only one that is declared. */
  readonly currency?: string;
  /** Scales the window to a minute. Default: the sum of the window, which is the same for `over: "1m"`. */
  readonly per?: "minute";
}

/** Events of one counter divided by those of another, or the value of one gauge divided by that of another. */
interface RatioSource extends Selected, Windowed {
  readonly ratio: string;
  /** The counter or gauge to divide by. */
  readonly to: string;
  /** Label values to select of it. Default: all of its series. */
  readonly toLabels?: AlertLabels;
}

/** A quantile of a histogram, in its unit. */
interface QuantileSource extends Selected, Windowed {
  /** Between 0 and 1: 0.95 is the 95th percentile. */
  readonly quantile: number;
  /** The histogram. */
  readonly of: string;
}

/** The current value of a gauge, by its name in the catalog or by that of its metric. */
interface GaugeSource extends Selected {
  readonly gauge: string;
  /** The gauge of the whole, of which `gauge` is a part: the rest of it is available. Default: `outOf` of the gauge. */
  readonly outOf?: string;
}

/** Another figure of the live page: one that exists without being declared, `lcp_p75`, or a card, `card_borrows`. */
interface FigureSource {
  readonly figure: string;
}

/** The number of a card or a chart, unless it is another figure. */
export type LiveNumber =
  | RateSource
  | IncreaseSource
  | MoneySource
  | RatioSource
  | QuantileSource
  | GaugeSource;

/** A number on the live page, with a line of the last minutes. */
export type LiveCardSpec = Titled & ((LiveNumber & Judged) | FigureSource);

/**
 * A chart on the live page. `as`: `"line"` draws the number over time, and a line for each value of `by`; `"bars"`
 * draws a bar for each value of `by`, for a gauge with `outOf` stacked with the rest. Default: bars for a gauge with
 * `by`, else a line.
 */
export type LiveChartSpec = Titled &
  ((LiveNumber & Judged & { readonly as?: "line" | "bars" }) | FigureSource);

/** A table of the last events, newest first. */
export interface LiveActivitySpec {
  /** Heading. Default "Recent activity". */
  readonly title?: string;
  /** The events, as steps of a funnel: `conversion:purchase`, `action:login`. */
  readonly events: readonly string[];
  /** Labels and attributes of the events, each in a column: `["tool", "user"]`. Default: all in one column. */
  readonly columns?: readonly string[];
}

/**
 * The content of the live page's first view. Each part replaces that part of the page without it: `cards` the numbers
 * of today, `charts` the large chart and the experience, `activity` the lists.
 */
export interface LiveSpec {
  /** At most 12. */
  readonly cards?: Readonly<Record<string, LiveCardSpec>>;
  /** At most 12. */
  readonly charts?: Readonly<Record<string, LiveChartSpec>>;
  readonly activity?: LiveActivitySpec;
}
