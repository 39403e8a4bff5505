import type { LiveFigure } from "@rumkit/protocol";
import type { Series } from "../numbers/series.ts";

/** A line chart. The page's interface to its chart library. */
export interface Chart {
  /** Draws into `host`, with colors of its computed style. Call it once. */
  mount: (host: HTMLElement) => void;
  /** Replaces the data. Before `mount`, the data is kept until then. */
  setData: (series: Series) => void;
  /** Sets the size in CSS pixels. */
  resize: (width: number, height: number) => void;
  /** Removes everything from the host. */
  destroy: () => void;
}

/** Creates a chart for a figure, whose unit sets the axis and whose thresholds set the marks. */
export type CreateChart = (figure: LiveFigure) => Chart;
