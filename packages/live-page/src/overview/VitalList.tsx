import type { LiveExperience, LiveFigure, LiveVital } from "@rumkit/protocol";
import { FigureNumber } from "../filter/FigureNumber.tsx";
import { LevelBadge } from "./LevelBadge.tsx";
import { formatCount, renderFigure, renderShare, renderSpan } from "../numbers/format.ts";
import { levelOf } from "../numbers/level.ts";
import { Ratings } from "./Ratings.tsx";
import type { LiveState } from "../stream/liveState.ts";

/** Each Core Web Vital with its ratings, and the cost of slow pages. */
export function VitalList({ live: { board, figures, numbers } }: { live: LiveState }) {
  const vitals = board?.vitals ?? [];
  const valueOf = (name: string): number | null =>
    numbers[figures.findIndex((figure) => figure.name === name)] ?? null;
  return (
    <section className="card" aria-labelledby="vitalsTitle">
      <h2 id="vitalsTitle">
        Experience <span className="hint">75th percentile{spanOf(vitals)}</span>
      </h2>
      {vitals.length === 0 && <p className="nothing">No page view has reported its Web Vitals yet.</p>}
      {vitals.map((vital) => {
        const figure = figures.find(({ name }) => name === vital.figure);
        return (
          figure && <Vital key={vital.vital} vital={vital} figure={figure} value={valueOf(figure.name)} />
        );
      })}
      {board?.experience && <Cost experience={board.experience} />}
    </section>
  );
}

function spanOf([first]: readonly LiveVital[]): string {
  return first ? `, last ${renderSpan(first.windowSeconds)}` : "";
}

function Vital({ vital, figure, value }: { vital: LiveVital; figure: LiveFigure; value: number | null }) {
  const level = levelOf(figure, value);
  return (
    <div className="vital">
      <h3>{vital.vital}</h3>
      <span className="vitalValue">
        <FigureNumber figure={figure} text={renderFigure(figure, value)} />
      </span>
      {level && <LevelBadge level={level} />}
      <Ratings {...vital} />
    </div>
  );
}

/** The sentence that only joined data can say. The collector leaves it out while there are too few sessions. */
function Cost({ experience: { rows, windowSeconds } }: { experience: LiveExperience }) {
  const best = rows.find(({ experience }) => experience === "good") ?? rows[0];
  const worst = rows.findLast((row) => row !== best);
  if (!best || !worst) return null;
  const sample = `${formatCount(worst.sessions)} and ${formatCount(best.sessions)} sessions in ${renderSpan(windowSeconds)}`;
  const words = worst.experience === "poor" ? "Slow sessions buy" : "Middling sessions buy";
  return (
    <p className="cost">
      {words}{" "}
      <b data-direction={worst.rate < best.rate ? "down" : "same"}>{ratioWords(worst.rate, best.rate)}</b>
      {`: ${renderShare(worst.rate)} against ${renderShare(best.rate)}. `}
      <span className="hint">{sample}</span>
    </p>
  );
}

function ratioWords(rate: number, best: number): string {
  if (best === 0) return "as often";
  const ratio = rate / best;
  if (ratio >= 0.95) return ratio > 1.05 ? "more often" : "as often";
  if (ratio > 0.45 && ratio < 0.55) return "half as often";
  return `${Math.round((1 - ratio) * 100)}% less often`;
}
