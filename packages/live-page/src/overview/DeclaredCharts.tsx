import type { LiveChart, LiveFigure, LiveHistory } from "@rumkit/protocol";
import { useContext, useMemo } from "react";
import type { CreateChart } from "../chart/chart.ts";
import { FigureChart } from "../chart/FigureChart.tsx";
import { FilterContext } from "../filter/FilterContext.ts";
import { FigureNumber } from "../filter/FigureNumber.tsx";
import { FilterValue } from "../filter/FilterValue.tsx";
import { axisOf, bucketSeries, rateSeconds } from "../numbers/buckets.ts";
import { formatFigure, renderFigure, renderSpan } from "../numbers/format.ts";
import { levelOf } from "../numbers/level.ts";
import { isPast, pastSeries, SECONDS_KEPT } from "../numbers/past.ts";
import { type Series, summarizeSeries } from "../numbers/series.ts";
import type { LiveState } from "../stream/liveState.ts";
import { partIn } from "./chosenFigures.ts";
import { type ChartPart, partsOf } from "./declaredCharts.ts";
import { Spark } from "./Spark.tsx";
import { StackRow } from "./StackRow.tsx";

/** Points of a line. */
const POINTS = 60;

interface DeclaredChartsProps {
  live: LiveState;
  charts: readonly LiveChart[];
  /** Seconds, or undefined for the whole day. */
  windowSeconds: number | undefined;
  /** The figures over a time that is longer than the page has seconds of. */
  past: LiveHistory | undefined;
  createChart: CreateChart;
}

/** The charts that the catalog declares. */
export function DeclaredCharts({ charts, createChart, ...props }: DeclaredChartsProps) {
  const { figures } = props.live;
  const seriesOf = useSeries(props);
  return charts.map((chart, index) => {
    const figure = figures.find(({ name }) => name === chart.figure);
    if (!figure) return null;
    const shared = { chart, live: props.live, title: chart.title || figure.title };
    if (chart.as === "bars") return <Bars key={index} {...shared} />;
    if (chart.by !== undefined) return <Lines key={index} {...shared} seriesOf={seriesOf} />;
    return <Line key={index} {...shared} figure={figure} seriesOf={seriesOf} createChart={createChart} />;
  });
}

type SeriesOf = (figure: LiveFigure) => Series;

const NOTHING: Series = { from: 0, to: 1, seconds: [], values: [] };

/** Returns the function that reads a figure over the window: from the seconds of the page, or from the history. */
function useSeries({ live, windowSeconds, past }: Omit<DeclaredChartsProps, "charts" | "createChart">) {
  const { points, figures } = live;
  return useMemo((): SeriesOf => {
    if (isPast(windowSeconds)) return (figure) => pastSeries(past, figure) ?? NOTHING;
    const axis = axisOf(points, windowSeconds ?? SECONDS_KEPT, POINTS);
    return (figure) => bucketSeries(points, figures, figure, axis);
  }, [points, figures, windowSeconds, past]);
}

interface ChartProps {
  chart: LiveChart;
  live: LiveState;
  title: string;
}

interface LineProps extends ChartProps {
  figure: LiveFigure;
  seriesOf: SeriesOf;
  createChart: CreateChart;
}

/** One figure over time. */
function Line({ live, title, figure: whole, seriesOf, createChart }: LineProps) {
  const { filter } = useContext(FilterContext);
  const figure = partIn(live.figures, whole, filter);
  const data = useMemo(() => seriesOf(figure), [seriesOf, figure]);
  const { max } = summarizeSeries(data);
  const step = (data.seconds[1] ?? 0) - (data.seconds[0] ?? 0);
  const isCount = figure.merge === "sum" && rateSeconds(figure) === undefined && step > 0;
  const unit = isCount ? `per ${renderSpan(step)}` : "";
  return (
    <section className="card declaredChart" aria-label={title}>
      <ChartTitle title={title} note={[unit, spanOf(data)].filter(Boolean).join(", ")} />
      <FigureChart
        figure={figure}
        data={data}
        createChart={createChart}
        label={`${title}, ${spanOf(data)}`}
      />
      <p className="hint">{max === null ? "No data yet" : `Highest ${renderFigure(figure, max)}`}</p>
    </section>
  );
}

/** A line for each value of a label, below each other and on one scale: in one chart, many lines look alike. */
function Lines({ chart, live, title, seriesOf }: ChartProps & { seriesOf: SeriesOf }) {
  const { filter } = useContext(FilterContext);
  const rows = partsOf(live.figures, chart, filter).map((part) => ({
    ...part,
    series: seriesOf(part.figure),
  }));
  const top = Math.max(0, ...rows.map(({ series }) => summarizeSeries(series).max ?? 0));
  const [first] = rows;
  return (
    <section className="card declaredChart" aria-label={title}>
      <ChartTitle title={title} note={first ? noteOf(first.figure, spanOf(first.series)) : ""} />
      {!first && <NoRows />}
      <ul className="bars">
        {rows.map(({ series, ...part }) => (
          <li key={part.value} className="lineRow">
            <PartName {...part} />
            <Spark values={series.values} top={top} />
            <PartNumber live={live} {...part} />
          </li>
        ))}
      </ul>
      {rows.length > 1 && first && (
        <p className="hint">{`All lines have one scale, up to ${renderFigure(first.figure, top)}`}</p>
      )}
    </section>
  );
}

/** A bar for each value of a label. Of a part of a whole, the rest of the bar is available. */
function Bars({ chart, live, title }: ChartProps) {
  const { filter } = useContext(FilterContext);
  const rows = partsOf(live.figures, chart, filter);
  const values = rows.map(({ figure }) => numberOf(live, figure) ?? 0);
  const top = Math.max(0, ...values);
  const [first] = rows;
  return (
    <section className="card declaredChart" aria-label={title}>
      <ChartTitle title={title} note={first ? noteOf(first.figure, whenOf(first.figure)) : ""} />
      {!first && <NoRows />}
      {first?.outOf && (
        <p className="hint stackLegend">
          <span className="stackUsed">used</span> <span className="stackRest">available</span>
        </p>
      )}
      <ul className="bars">
        {rows.map((part, index) => (
          <StackRow
            key={part.value}
            name={<PartName {...part} />}
            number={<PartNumber live={live} {...part} />}
            figure={part.figure}
            used={values[index] ?? 0}
            whole={part.outOf ? numberOf(live, part.outOf) : undefined}
            top={top}
          />
        ))}
      </ul>
    </section>
  );
}

function ChartTitle({ title, note }: { title: string; note: string }) {
  return (
    <h2>
      {title} {note !== "" && <span className="hint">{note}</span>}
    </h2>
  );
}

function NoRows() {
  return <p className="nothing">No data for this filter.</p>;
}

function PartName({ label, value }: ChartPart) {
  return (
    <span className="barName">
      <FilterValue label={label} value={value} />
    </span>
  );
}

function PartNumber({ live, figure }: ChartPart & { live: LiveState }) {
  const value = numberOf(live, figure);
  return (
    <b className="partNumber" data-level={levelOf(figure, value)}>
      <FigureNumber figure={figure} text={renderFigure(figure, value)}>
        {shortOf(figure, value)}
      </FigureNumber>
    </b>
  );
}

/** The unit, which the rows do not repeat, and the time. */
function noteOf({ unit, per }: LiveFigure, time: string): string {
  const ofRows = unit.startsWith("per_") ? unit.replace("_", " ") : per ? `per ${per}` : "";
  return [ofRows, time].filter(Boolean).join(", ");
}

function shortOf(figure: LiveFigure, value: number | null): string {
  const { number, unit } = formatFigure(figure, value);
  return unit === "%" ? `${number}%` : unit.startsWith("per ") ? number : `${number} ${unit}`.trim();
}

function numberOf({ figures, numbers }: LiveState, figure: LiveFigure): number | null {
  return numbers[figures.indexOf(figure)] ?? null;
}

function spanOf({ from, to }: Series): string {
  return to - from > 1 ? `last ${renderSpan(to - from)}` : "";
}

function whenOf({ period, windowSeconds }: LiveFigure): string {
  return period === "now" ? "now" : `last ${renderSpan(windowSeconds)}`;
}
