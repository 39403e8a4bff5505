import type { LiveChart, LiveFigure } from "@rumkit/protocol";
import { type Filter, NO_FILTER } from "../filter/filter.ts";
import { partIn } from "./chosenFigures.ts";

/** A row of a chart: the figure for one value of a label. */
export interface ChartPart {
  readonly label: string;
  readonly value: string;
  readonly figure: LiveFigure;
  /** The whole of which the figure is a part. */
  readonly outOf: LiveFigure | undefined;
}

/** Returns the rows of a chart that has one for each value of a label: all of them, or the one of the filter. */
export function partsOf(
  figures: readonly LiveFigure[],
  { figure, by = "", outOf }: LiveChart,
  filter: Filter,
): ChartPart[] {
  const all = partsBy(figures, figure, by);
  const wholes = outOf === undefined ? [] : partsBy(figures, outOf, by);
  const chosen = filter.get(by);
  return all
    .filter(({ value }) => chosen === undefined || value === chosen)
    .map((part) => ({ ...part, outOf: wholes.find(({ value }) => value === part.value)?.figure }));
}

function partsBy(figures: readonly LiveFigure[], name: string, by: string) {
  return figures.flatMap((figure) => {
    const { partOf } = figure;
    return partOf?.figure === name && partOf.label === by && partOf.value !== undefined
      ? [{ label: by, value: partOf.value, figure }]
      : [];
  });
}

/** Returns the names of the figures that charts draw over time. */
export function drawnFigures(figures: readonly LiveFigure[], charts: readonly LiveChart[]): string[] {
  const names = charts
    .filter(({ as }) => as === "line")
    .flatMap((chart) =>
      chart.by === undefined
        ? chart.figure
        : partsOf(figures, chart, NO_FILTER).map(({ figure }) => figure.name),
    );
  return [...new Set(names)].filter((name) => figures.some((figure) => figure.name === name));
}

/** Cards and charts that a filter does not narrow, because they are not counted by some of its labels. */
interface NotNarrowed {
  readonly labels: readonly string[];
  readonly titles: readonly string[];
}

export function notNarrowed(
  figures: readonly LiveFigure[],
  shown: readonly Pick<LiveChart, "title" | "figure">[],
  filter: Filter,
): NotNarrowed {
  const labels = new Set<string>();
  const titles = new Set<string>();
  for (const [label, value] of filter)
    for (const { title, figure: name } of shown) {
      const figure = figures.find((candidate) => candidate.name === name);
      if (!figure || partIn(figures, figure, new Map([[label, value]])) !== figure) continue;
      labels.add(label);
      titles.add(title || figure.title);
    }
  return { labels: [...labels], titles: [...titles] };
}
