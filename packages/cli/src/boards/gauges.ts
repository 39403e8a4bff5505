import type { Catalog } from "@rumkit/protocol";
import { gaugeFamilyName, toSentence } from "@rumkit/server/internal/metrics";
import type { Expression } from "../promql/expression.ts";
import { levelBy, shareOfLevel } from "../promql/gaugeLevel.ts";
import { topOf } from "../promql/ranking.ts";
import type { Panel, QueryPanel } from "./board.ts";
import type { BoardContext } from "./boardSpec.ts";

/** Panels in a line. */
const IN_LINE = 2;

/** More label sets than a graph can show as lines. */
const MOST_LINES = 10;

type Gauges = NonNullable<Catalog["gauges"]>;

/** Returns the lines of the declared gauges: a panel for each, followed by its share if it is a part of another. */
export function gaugeRows(context: BoardContext): Panel[][] {
  const { gauges = {} } = context.catalog;
  const panels = Object.keys(gauges).flatMap((name) => [
    value(context, gauges, name),
    ...share(context, gauges, name),
  ]);
  return Array.from({ length: Math.ceil(panels.length / IN_LINE) }, (_, line) =>
    panels.slice(line * IN_LINE, (line + 1) * IN_LINE),
  );
}

function value(context: BoardContext, gauges: Gauges, name: string): QueryPanel {
  const { help } = gauges[name]!;
  return {
    name: panelName(name),
    title: titleOf(name),
    description: `${toSentence(help)} A state at each scrape, empty until server code sets it. When it stays empty, look for the call of setGauge or observeGauge in the code.`,
    kind: "timeseries",
    queries: [{ expression: few(levelOf(context, gauges, name)), legend: legendOf(gauges, name) }],
  };
}

function share(context: BoardContext, gauges: Gauges, name: string): QueryPanel[] {
  const { outOf } = gauges[name]!;
  if (outOf === undefined) return [];
  const [part, whole] = [name, outOf].map((each) => levelOf(context, gauges, each));
  return [
    {
      name: `${panelName(name)}-share`,
      title: `${titleOf(name)}, share of ${titleOf(outOf).toLowerCase()}`,
      description: `${toSentence(gauges[name]!.help)} As a share of ${titleOf(outOf).toLowerCase()}. When it reaches 100 %, nothing is left: get more, or refuse earlier.`,
      kind: "timeseries",
      queries: [{ expression: few(shareOfLevel(part!, whole!)), legend: legendOf(gauges, name) }],
    },
  ];
}

function levelOf({ promql }: BoardContext, gauges: Gauges, name: string) {
  const spec = gauges[name]!;
  return levelBy(Object.keys(spec.labels ?? {}), promql.gauge(gaugeFamilyName(name, spec)));
}

/** Shows the highest lines of a gauge with many label sets. */
function few(expression: Expression): Expression {
  const { maxSeries } = expression.metric;
  return maxSeries > MOST_LINES ? topOf(expression) : expression;
}

function legendOf(gauges: Gauges, name: string): string {
  const labels = Object.keys(gauges[name]!.labels ?? {});
  return labels.length === 0 ? titleOf(name) : labels.map((label) => `{{${label}}}`).join(" ");
}

function panelName(name: string): string {
  return `gauge-${name.replace(/_+/g, "-").replace(/-$/, "")}`;
}

function titleOf(name: string): string {
  const words = name.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
