import type { LiveAlertLimit, LiveFigure } from "@rumkit/protocol";
import type { Series } from "../numbers/series.ts";

/** A moment on the time axis: a release. */
export interface ChartMark {
  /** Unix seconds. */
  readonly second: number;
  readonly label: string;
}

/** A stretch of the time axis: an objective is missed, or the collector did not run. */
export interface ChartSpan {
  /** Unix seconds. */
  readonly from: number;
  readonly to: number;
  readonly label: string;
  readonly kind: "missed" | "gap";
}

/** The threshold of an alert. */
export interface ChartLimit {
  /** The name of the alert. */
  readonly alert: string;
  readonly severity: LiveAlertLimit["severity"];
  /** In the unit of the figure. */
  readonly value: number;
  readonly side: LiveAlertLimit["side"];
}

/** Colors of lines beside the line of a figure, by their names in the style sheet. */
export const OTHER_COLORS = ["teal", "violet", "green", "rose", "muted"] as const;

/** The data of a chart. */
export interface ChartData extends Series {
  /** The same figure at an earlier time, as a dashed line: as long as `values`. Default none. */
  readonly ghost?: readonly (number | null)[] | undefined;
  /** Lines beside that of `values`, each as long, in the order of `OTHER_COLORS`. Default none. */
  readonly others?: readonly (readonly (number | null)[])[] | undefined;
  /** A value that the axis shows, however far from the lines. Default none. */
  readonly reach?: number | undefined;
  readonly marks?: readonly ChartMark[] | undefined;
  readonly spans?: readonly ChartSpan[] | undefined;
  readonly limits?: readonly ChartLimit[] | undefined;
}

/** A line chart. The page's interface to its chart library. */
export interface Chart {
  /** Draws into `host`, with colors of its computed style. Call it once. */
  mount: (host: HTMLElement) => void;
  /** Replaces the data. Before `mount`, the data is kept until then. */
  setData: (data: ChartData) => void;
  /** Sets the size in CSS pixels. */
  resize: (width: number, height: number) => void;
  /** Moves the cursor by some points, from the newest if there is none. Returns the index of its point. */
  moveCursor: (steps: number) => number | undefined;
  /** Removes everything from the host. */
  destroy: () => void;
}

/** Creates a chart for a figure, whose unit sets the axis and whose thresholds set the marks. */
export type CreateChart = (figure: LiveFigure) => Chart;
