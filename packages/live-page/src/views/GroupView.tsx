import type { LiveFigure, LiveGroup } from "@rumkit/protocol";
import { useContext, useMemo } from "react";
import type { CreateChart } from "../chart/chart.ts";
import { FilterContext } from "../filter/FilterContext.ts";
import { NotFiltered } from "../filter/NotFiltered.tsx";
import { axisOf, bucketSeries } from "../numbers/buckets.ts";
import { shownFigures } from "../overview/chosenFigures.ts";
import type { LiveState } from "../stream/liveState.ts";
import { FigureCard } from "./FigureCard.tsx";

interface GroupViewProps {
  live: LiveState;
  group: LiveGroup;
  windowSeconds: number;
  createChart: CreateChart;
}

/** All figures of one group, each with its chart: those with a limit first, because they can be wrong. */
export function GroupView({ live, group, windowSeconds, createChart }: GroupViewProps) {
  const { figures, numbers, points } = live;
  const { filter } = useContext(FilterContext);
  const shown = shownFigures(figures)
    .filter((figure) => figure.group === group)
    .toSorted((a, b) => Number(b.thresholds !== undefined) - Number(a.thresholds !== undefined));
  const series = useMemo(() => {
    const axis = axisOf(points, windowSeconds);
    return new Map(figures.map((figure) => [figure.name, bucketSeries(points, figures, figure, axis)]));
  }, [points, figures, windowSeconds]);
  if (shown.length === 0) return null;
  return (
    <>
      <NotFiltered
        what="the cards with charts are of the whole app. Tables, Events and Errors are filtered."
        labels={[...filter.keys()]}
      />
      <div className="figures" data-columns={columnsFor(shown)}>
        {shown.map((figure) => (
          <FigureCard
            key={figure.name}
            figure={figure}
            number={numbers[figures.indexOf(figure)] ?? null}
            series={series.get(figure.name)!}
            createChart={createChart}
          />
        ))}
      </div>
    </>
  );
}

/** Returns four columns for a wide screen, or three if they leave fewer gaps in the last row. */
function columnsFor({ length }: readonly LiveFigure[]): number {
  const empty = (columns: number) => (columns - (length % columns)) % columns;
  return empty(3) < empty(4) ? 3 : 4;
}
