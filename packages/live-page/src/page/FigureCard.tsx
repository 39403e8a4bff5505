import type { LiveFigure } from "@rumkit/protocol";
import { memo, useId, useState } from "react";
import type { CreateChart } from "../chart/chart.ts";
import { FigureChart } from "../chart/FigureChart.tsx";
import { formatFigure, renderFigure, renderSpan } from "../numbers/format.ts";
import { levelOf } from "../numbers/level.ts";
import { LevelBadge } from "./LevelBadge.tsx";
import { summarizeSeries, type Series, type SeriesSummary } from "../numbers/series.ts";

interface FigureCardProps {
  figure: LiveFigure;
  series: Series;
  createChart: CreateChart;
}

/** A card with a figure's current value, definition and history. */
export const FigureCard = memo(function FigureCard({ figure, series, createChart }: FigureCardProps) {
  const id = useId();
  const summary = summarizeSeries(series);
  const { number, unit } = formatFigure(figure, summary.current);
  const level = levelOf(figure, summary.current);
  const span = renderSpan(figure.windowSeconds);

  return (
    <article className="card" aria-labelledby={`${id}title`} data-unit={figure.unit} data-level={level}>
      <header className="cardHeader">
        <h3 id={`${id}title`}>{figure.title}</h3>
        <HelpNote id={`${id}help`} figure={figure} />
      </header>
      <p className="value">
        <span className="number">{number}</span>
        {unit && <span className="unit">{unit}</span>}
        {level && <LevelBadge level={level} />}
      </p>
      <p className="window">
        {summary.current === null ? `no data in the last ${span}` : `over the last ${span}`}
      </p>
      <div
        className="figure"
        role="figure"
        aria-label={`${figure.title}, the last ${renderSpan(series.to - series.from)}`}
        aria-describedby={`${id}summary`}
      >
        <FigureChart figure={figure} series={series} createChart={createChart} />
      </div>
      <p className="summary" id={`${id}summary`}>
        <Summary figure={figure} summary={summary} />
      </p>
    </article>
  );
});

/** Describes the chart in words. The current value is for screen readers only, because it is shown above the chart. */
function Summary({ figure, summary: { current, min, max } }: { figure: LiveFigure; summary: SeriesSummary }) {
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
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        className="helpButton"
        aria-expanded={isOpen}
        aria-controls={id}
        aria-label={`What ${figure.title} means`}
        onClick={() => setOpen(!isOpen)}
      >
        ?
      </button>
      <p className="help" id={id} hidden={!isOpen}>
        {figure.help} {renderThresholds(figure)}
      </p>
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
