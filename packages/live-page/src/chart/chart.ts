import type { LiveFigure } from "@rumkit/protocol";
import type { Series } from "../numbers/series.ts";

/** A line over time in a box. All that the page knows of its chart library. */
export interface Chart {
  /** Draws into `host` and takes its colours from the computed style of it. Once. */
  mount: (host: HTMLElement) => void;
  /** Replaces what is drawn. Before `mount` it is kept until then. */
  setData: (series: Series) => void;
  /** In CSS pixels. */
  resize: (width: number, height: number) => void;
  /** Removes everything from the host. */
  destroy: () => void;
}

/** Makes a chart for one figure: it needs the unit for its axis and the thresholds for its marks. */
export type CreateChart = (figure: LiveFigure) => Chart;
