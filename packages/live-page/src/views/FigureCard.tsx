import type { LiveFigure } from "@rumkit/protocol";
import { memo, useId } from "react";
import type { CreateChart } from "../chart/chart.ts";
import { FigureChart } from "../chart/FigureChart.tsx";
import { describeLimits, useLimits } from "../chart/limits.ts";
import { FigureNumber } from "../filter/FigureNumber.tsx";
import { formatFigure, renderFigure, renderSpan } from "../numbers/format.ts";
import { levelOf } from "../numbers/level.ts";
import { LevelBadge } from "../overview/LevelBadge.tsx";
import { summarizeSeries, type Series, type SeriesSummary } from "../numbers/series.ts";

interface FigureCardProps {
  figure: LiveFigure;
  /** Its value over its window. */
  number: number | null;
  series: Series;
  createChart: CreateChart;
}

/** A card with a figure's number, definition and history. */
export const FigureCard = memo(function FigureCard({
  figure,
  number: current,
  series,
  createChart,
}: FigureCardProps) {
  const id = useId();
  const summary = summarizeSeries(series);
  const { number, unit } = formatFigure(figure, current);
  const level = levelOf(figure, current);
  const limits = useLimits(figure);

  return (
    <article className="card" aria-labelledby={`${id}title`} data-unit={figure.unit} data-level={level}>
      <header className="cardHeader">
        <h2 id={`${id}title`}>{figure.title}</h2>
        <HelpNote id={`${id}help`} figure={figure} />
      </header>
      <p className="value">
        <FigureNumber figure={figure} text={`${number} ${unit}`.trim()}>
          <span className="number">{number}</span> {unit && <span className="unit">{unit}</span>}
        </FigureNumber>
        {level && <LevelBadge level={level} />}
      </p>
      <p className="window">{renderPeriod(figure, current)}</p>
      <div
        className="figure"
        role="figure"
        aria-label={`${figure.title}, the last ${renderSpan(series.to - series.from)}`}
        aria-describedby={`${id}summary`}
      >
        <FigureChart figure={figure} data={series} createChart={createChart} label={figure.title} />
      </div>
      <p className="summary" id={`${id}summary`}>
        <Summary figure={figure} current={current} summary={summary} />
        {limits.length > 0 && <span className="limits">{describeLimits(figure, limits)}</span>}
      </p>
    </article>
  );
});

/** Says which time the number is made of. */
function renderPeriod({ period, windowSeconds }: LiveFigure, current: number | null): string {
  if (period !== undefined) return period;
  const span = renderSpan(windowSeconds);
  return current === null ? `no data in the last ${span}` : `over the last ${span}`;
}

interface SummaryProps {
  figure: LiveFigure;
  current: number | null;
  summary: SeriesSummary;
}

/** Describes the chart in words. The number is for screen readers only, because it is shown above the chart. */
function Summary({ figure, current, summary: { min, max } }: SummaryProps) {
  if (max === null) return "no data yet";
  return (
    <>
      <span className="visuallyHidden">now {renderFigure(figure, current)}, </span>
      min {renderFigure(figure, min)} · max {renderFigure(figure, max)}
    </>
  );
}

/** Shows the definition of the figure on demand, because a number without a definition is hard to trust. */
function HelpNote({ id, figure }: { id: string; figure: LiveFigure }) {
  return (
    <>
      <button
        type="button"
        className="helpButton"
        popoverTarget={id}
        aria-label={`What ${figure.title} means`}
      >
        <svg viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
          <path d="M6 6a2 2 0 1 1 2.6 1.9c-.4.2-.6.5-.6 1v.6M8 11.6v.2" />
        </svg>
      </button>
      <div className="help" id={id} popover="auto">
        <p>
          {figure.help} {renderThresholds(figure)}
        </p>
        <p>
          The same in Prometheus: <code>{figure.query}</code>
        </p>
        <button type="button" onClick={() => void navigator.clipboard?.writeText(figure.query)}>
          Copy PromQL
        </button>
      </div>
    </>
  );
}

function renderThresholds(figure: LiveFigure): string {
  if (!figure.thresholds) return "";
  const [warn, bad] = [figure.thresholds.warn, figure.thresholds.bad].map((value) =>
    renderFigure(figure, value),
  );
  return `Warning at ${warn}, critical at ${bad}.`;
}
