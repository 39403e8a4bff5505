import type { LiveFigure, LiveHistory, LiveRelease } from "@rumkit/protocol";
import { useContext, useMemo, useRef } from "react";
import type { ChartData, ChartSpan, CreateChart } from "../chart/chart.ts";
import { FigureChart } from "../chart/FigureChart.tsx";
import { canDraw, describeLimits, useLimits } from "../chart/limits.ts";
import { FilterContext } from "../filter/FilterContext.ts";
import { axisOf, bucketSeries, rateSeconds } from "../numbers/buckets.ts";
import { isPast, pastSeries, SECONDS_KEPT } from "../numbers/past.ts";
import { renderFigure, renderSpan, renderTime } from "../numbers/format.ts";
import { summarizeSeries } from "../numbers/series.ts";
import type { LiveState } from "../stream/liveState.ts";
import { ReleaseLegend } from "./ReleaseLegend.tsx";
import { ChartActions } from "./ChartActions.tsx";
import { chartFigures, partIn } from "./chosenFigures.ts";

interface MainChartProps {
  live: LiveState;
  /** Name of the figure; undefined for the most important one. */
  chosen: string | undefined;
  onChoose: (name: string) => void;
  /** Seconds, or undefined for the whole day. */
  windowSeconds: number | undefined;
  /** The time of the chart, if it is longer than the page has seconds of: the day, or hours. */
  past: LiveHistory | undefined;
  /** The same time of last week. */
  lastWeek: LiveHistory | undefined;
  createChart: CreateChart;
}

/** One figure over time, large: with releases, missed objectives, and the same time of last week. */
export function MainChart(props: MainChartProps) {
  const { live, chosen, onChoose, createChart } = props;
  const choices = chartFigures(live.figures);
  const { filter } = useContext(FilterContext);
  const choice = choices.find(({ name }) => name === chosen) ?? choices[0];
  const figure = choice && partIn(live.figures, choice, filter);
  const data = useChartData(props, figure);
  const box = useRef<HTMLElement>(null);
  const limits = useLimits(figure);
  if (!choice || !figure || !data) return null;
  const { min, max } = summarizeSeries(data);
  const step = (data.seconds[1] ?? 0) - (data.seconds[0] ?? 0);
  const isCount = figure.merge === "sum" && rateSeconds(figure) === undefined;
  const label = `${figure.title}${isCount ? ` per ${renderStep(step)}` : ""}`;
  return (
    <section className="card mainChart" aria-label={figure.title} ref={box}>
      <header className="mainHeader">
        <h2>
          <FigureChoice choices={choices} chosen={choice} onChoose={onChoose} />
          {isCount && <span className="hint"> per {renderStep(step)}</span>}
        </h2>
        <Legend
          data={data}
          releases={live.board?.releases ?? []}
          hasAlert={limits.length > 0 && canDraw(figure)}
        />
      </header>
      <FigureChart figure={figure} data={data} createChart={createChart} label={label} />
      <details className="dataTable">
        <summary>
          {max === null
            ? "No data yet"
            : `Lowest ${renderFigure(figure, min)}, highest ${renderFigure(figure, max)}`}
        </summary>
        <DataTable figure={figure} data={data} label={label} note={describeLimits(figure, limits)} />
      </details>
      <ChartActions title={label} box={box} />
    </section>
  );
}

interface FigureChoiceProps {
  choices: readonly LiveFigure[];
  chosen: LiveFigure;
  onChoose: (name: string) => void;
}

function FigureChoice({ choices, chosen, onChoose }: FigureChoiceProps) {
  return (
    <select
      aria-label="Figure of the chart"
      value={chosen.name}
      onChange={(event) => onChoose(event.currentTarget.value)}
    >
      {choices.map(({ name, title }) => (
        <option key={name} value={name}>
          {title}
        </option>
      ))}
    </select>
  );
}

interface LegendProps {
  data: ChartData;
  releases: readonly LiveRelease[];
  /** True if the chart shows the threshold of an alert. */
  hasAlert: boolean;
}

/** Names the colors of what the chart shows. */
function Legend({ data, releases, hasAlert }: LegendProps) {
  return (
    <p className="hint legend">
      <span>now</span>
      <ReleaseLegend releases={releases} />
      {data.ghost?.some((value) => value !== null) && <span className="legendGhost">last week</span>}
      {data.spans?.some(({ kind }) => kind === "missed") && (
        <span className="legendMissed">objective missed</span>
      )}
      {hasAlert && <span className="legendAlert">alert</span>}
    </p>
  );
}

function renderStep(seconds: number): string {
  if (seconds === 1) return "second";
  return seconds === 60 ? "minute" : renderSpan(seconds);
}

interface DataTableProps {
  figure: LiveFigure;
  data: ChartData;
  label: string;
  /** The thresholds of alerts in words; empty without any. */
  note: string;
}

/** The numbers of the chart, for people who do not see it, and to copy. */
function DataTable({ figure, data, label, note }: DataTableProps) {
  return (
    <div className="scroller" tabIndex={0} role="region" aria-label={`${label} as a table`}>
      <table>
        {note !== "" && <caption className="hint">{note}</caption>}
        <thead>
          <tr>
            <th scope="col">From</th>
            <th scope="col" className="count">
              {label}
            </th>
          </tr>
        </thead>
        <tbody>
          {data.seconds.map((second, index) => (
            <tr key={second}>
              <td>{renderTime(second * 1000)}</td>
              <td className="count">{renderFigure(figure, data.values[index] ?? null)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function useChartData(
  { live, windowSeconds, past, lastWeek }: MainChartProps,
  figure: LiveFigure | undefined,
): ChartData | undefined {
  const { points, figures, board } = live;
  return useMemo(() => {
    if (!figure) return undefined;
    const base = isPast(windowSeconds)
      ? pastSeries(past, figure)
      : bucketSeries(points, figures, figure, axisOf(points, windowSeconds ?? SECONDS_KEPT));
    if (!base) return undefined;
    return {
      ...base,
      ghost: ghostOf(base, lastWeek, figure),
      marks: (board?.releases ?? []).map(({ release, at }) => ({
        second: at / 1000,
        label: `${release} out`,
      })),
      spans: spansOf(board, base.to),
    };
  }, [points, figures, board, figure, windowSeconds, past, lastWeek]);
}

const WEEK = 7 * 24 * 3_600;

/** The values of last week at the chart's times. Last week has minutes: shorter buckets get their share of a count. */
function ghostOf(base: ChartData, lastWeek: LiveHistory | undefined, figure: LiveFigure) {
  const values = lastWeek?.figures.find(({ name }) => name === figure.name)?.values;
  if (!lastWeek || !values) return undefined;
  const bucket = (base.seconds[1] ?? 1) - (base.seconds[0] ?? 0);
  const share = figure.merge === "sum" ? (rateSeconds(figure) ?? bucket) / lastWeek.step : 1;
  return base.seconds.map((second) => {
    const value = values[Math.floor((second - WEEK - lastWeek.from) / lastWeek.step)] ?? null;
    return value === null ? null : value * share;
  });
}

function spansOf(board: LiveState["board"], to: number): ChartSpan[] {
  const missed = (board?.objectives ?? []).flatMap((objective) =>
    objective.missed
      ? { from: objective.missed.since / 1000, to, label: objective.title, kind: "missed" as const }
      : [],
  );
  const gaps = (board?.gaps ?? []).map(({ from, to: end }) => ({
    from: from / 1000,
    to: end / 1000,
    label: `restarted ${renderTime(end)}`,
    kind: "gap" as const,
  }));
  return [...missed, ...gaps];
}
