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

/** Returns the labels of a filter that a figure, or the rows of a chart, are not counted by. */
export function labelsWithout(
  figures: readonly LiveFigure[],
  shown: readonly { readonly figure: string }[],
  filter: Filter,
): string[] {
  return [...filter].flatMap(([label, value]) => {
    const one: Filter = new Map([[label, value]]);
    const isWhole = shown.some(({ figure: name }) => {
      const figure = figures.find((candidate) => candidate.name === name);
      return figure !== undefined && partIn(figures, figure, one) === figure;
    });
    return isWhole ? [label] : [];
  });
}
