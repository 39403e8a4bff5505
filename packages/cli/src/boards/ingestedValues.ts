import type { IngestedSpec } from "@rumkit/protocol";
import { ingestedFamilyName, toSentence } from "@rumkit/server/internal/metrics";
import { type Expression, perMinute, sumBy } from "../promql/expression.ts";
import { levelBy } from "../promql/gaugeLevel.ts";
import { topOf } from "../promql/ranking.ts";
import { RATE_INTERVAL } from "../promql/window.ts";
import type { Panel, QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";

/** Panels in a line. */
const IN_LINE = 2;

/** More label sets than a graph can show as lines. */
const MOST_LINES = 10;

/** The percentile of a histogram: one value in twenty is higher. */
const JUDGED_SHARE = 0.95;

/** Returns the lines of the values that the catalog declares in `ingested`: a panel for each. */
export function ingestedRows(context: BoardContext): Panel[][] {
  const { ingested = {} } = context.catalog;
  const panels = Object.entries(ingested).map(([name, spec]) => panelOf(context, name, spec));
  return Array.from({ length: Math.ceil(panels.length / IN_LINE) }, (_, line) =>
    panels.slice(line * IN_LINE, (line + 1) * IN_LINE),
  );
}

/** The measure that a panel shows of each type. */
const MEASURES = {
  counter: "per minute",
  gauge: "now",
  histogram: "95th percentile",
} satisfies Record<IngestedSpec["type"], string>;

function panelOf(context: BoardContext, name: string, spec: IngestedSpec): QueryPanel {
  const labels = Object.keys(spec.labels ?? {});
  const expression = expressionOf(context, ingestedFamilyName(name, spec), spec.type, labels);
  const words = name.replace(/[._-]+/g, " ");
  return {
    name: `ingested-${name.replace(/[._-]+/g, "-")}`,
    title: `${words.charAt(0).toUpperCase()}${words.slice(1)}, ${MEASURES[spec.type]}`,
    description: `${toSentence(spec.help)} Services report it to /ingest as "${name}". When it stays empty, look for refused values on the board of the collector.`,
    kind: "timeseries",
    queries: [
      {
        expression: expression.metric.maxSeries > MOST_LINES ? topOf(expression) : expression,
        legend: labels.length === 0 ? words : labels.map((label) => `{{${label}}}`).join(" "),
      },
    ],
  };
}

function expressionOf(
  { promql }: BoardContext,
  metric: string,
  type: IngestedSpec["type"],
  labels: readonly string[],
): Expression {
  if (type === "counter") return perMinute(sumBy(labels, promql.rate(metric, RATE_INTERVAL)));
  if (type === "gauge") return levelBy(labels, promql.gauge(metric));
  return promql.histogramQuantile(JUDGED_SHARE, metric, RATE_INTERVAL, labels);
}
