import type { LiveBoard, LiveFigure, LiveHistory } from "@rumkit/protocol";
import { useContext } from "react";
import { FilterContext } from "../filter/FilterContext.ts";
import { FigureNumber } from "../filter/FigureNumber.tsx";
import { axisOf, bucketSeries, wholeAxis } from "../numbers/buckets.ts";
import { formatFigure, renderClock, renderDate, renderFigure, renderSpan } from "../numbers/format.ts";
import { changeOf } from "../numbers/change.ts";
import { isPast, pastTotal, SECONDS_KEPT } from "../numbers/past.ts";
import type { LiveState } from "../stream/liveState.ts";
import { levelOf } from "../numbers/level.ts";
import { type HeroTile, heroTiles } from "./chosenFigures.ts";
import { LevelBadge } from "./LevelBadge.tsx";
import { Spark } from "./Spark.tsx";

/** Minutes of history that make a line. */
const FEWEST_MINUTES = 5;

/** Seconds: a line of five minutes shows the first orders of a collector. */
const RECENT_SECONDS = 300;

interface HeroProps {
  live: LiveState;
  /** Names of the figures; empty for the most useful ones. */
  cards: readonly string[];
  /** The last hour by minutes, and the same hour of yesterday. Undefined until it has arrived. */
  hour: LiveHistory | undefined;
  hourYesterday: LiveHistory | undefined;
  /** Seconds of the charts; undefined for the whole day. */
  windowSeconds: number | undefined;
  /** The sums of the cards over that time, if it is longer than the page has seconds of. */
  totals: LiveHistory | undefined;
}

/** The numbers that people look at first. */
export function Hero({ live, cards, hour, hourYesterday, windowSeconds, totals }: HeroProps) {
  const { filter } = useContext(FilterContext);
  const layout = live.board?.layout;
  const tiles = heroTiles(live.figures, { cards, layout, filter });
  return (
    <section
      className="hero"
      aria-label={layout?.cards ? "Cards" : "Today"}
      data-columns={columnsFor(tiles.length)}
      data-declared={layout?.cards && declaredColumns(tiles.length)}
    >
      {tiles.map((tile, index) => (
        <Tile
          key={`${index} ${tile.figure.name}`}
          tile={tile}
          live={live}
          total={tile.isDeclared && totalOf(live, tile.figure, windowSeconds, totals)}
          {...lineOf(tile, live, hour, hourYesterday)}
        />
      ))}
    </section>
  );
}

/** Columns of a wall display: the tiles are wider than high. */
function columnsFor(tiles: number): number {
  if (tiles <= 4) return Math.min(2, tiles);
  return 3;
}

/** Columns on a wide screen for the cards of the catalog: as few gaps in the last row as possible. */
function declaredColumns(tiles: number): number {
  if (tiles <= 4) return tiles;
  return tiles % 3 === 0 || tiles === 5 ? 3 : 4;
}

interface TileProps {
  tile: HeroTile;
  live: LiveState;
  values: readonly (number | null)[];
  ghost: readonly (number | null)[] | undefined;
  /** The figure over the window of the charts, in words. */
  total: string | undefined;
}

function Tile({ tile, live, values, ghost, total }: TileProps) {
  const { title, figure, others, outOf, isDeclared } = tile;
  const value = numberOf(live, figure.name);
  const { number, unit } = formatFigure(figure, value);
  const level = levelOf(figure, value);
  return (
    <article
      className="card heroTile"
      data-unit={figure.unit}
      data-level={isDeclared && level}
      aria-label={title}
    >
      <h2 className="heroTitle" title={figure.help}>
        {title}
      </h2>
      <p className="heroValue">
        <FigureNumber figure={figure} text={`${number} ${unit}`.trim()}>
          <span className="heroNumber">{number}</span>{" "}
          {unit && !isSaid(title, unit) && <span className="unit">{unit}</span>}
        </FigureNumber>
        {outOf && <span className="unit">of {renderFigure(outOf, numberOf(live, outOf.name))}</span>}
        {level && <LevelBadge level={level} />}
        {others.map((other) => (
          <span className="heroMore" key={other.name}>
            + <FigureNumber figure={other} text={renderFigure(other, numberOf(live, other.name))} />
          </span>
        ))}
      </p>
      <p className="change">
        {isDeclared ? declaredNote(figure, total) : <TileNote figure={figure} live={live} />}
      </p>
      <Spark values={values} ghost={ghost} />
    </article>
  );
}

/** True for "Borrows / second" with the unit "per second". */
function isSaid(title: string, unit: string): boolean {
  return title.toLowerCase().replace("/ ", "per ").endsWith(unit) && unit !== "";
}

/** The time of a declared card's number, and its sum over the window of the charts. */
function declaredNote({ period, windowSeconds }: HeroTile["figure"], total: string | undefined): string {
  const span = period ?? `over the last ${renderSpan(windowSeconds)}`;
  return total === undefined ? span : `${span} · ${total}`;
}

/** A sum over the window of the charts: "1,204 in 30 min". Undefined for a figure that is not a sum or a ratio of sums. */
function totalOf(
  { figures, points }: LiveState,
  figure: LiveFigure,
  windowSeconds: number | undefined,
  totals: LiveHistory | undefined,
): string | undefined {
  const { per: _scaled, ...sum } = figure;
  const isCounted = sum.merge === "sum" || sum.merge === "ratio";
  if (!isCounted || (sum.windowSeconds === windowSeconds && sum.unit !== "per_second")) return undefined;
  const counted: LiveFigure = sum.unit.startsWith("per_") ? { ...sum, unit: "count", decimals: 0 } : sum;
  const span = windowSeconds === undefined ? "today" : `in ${renderSpan(windowSeconds)}`;
  const value = isPast(windowSeconds)
    ? pastTotal(totals, figure.name)
    : bucketSeries(points, figures, counted, wholeAxis(points, windowSeconds ?? SECONDS_KEPT)).values[0];
  return value === null || value === undefined ? undefined : `${renderFigure(counted, value)} ${span}`;
}

/** The change against an earlier day; without one, since when the collector counts. */
function TileNote({ figure, live: { board } }: { figure: HeroTile["figure"]; live: LiveState }) {
  const comparison = board?.comparisons.find((candidate) => candidate.figure === figure.name);
  const change = changeOf(figure, comparison);
  const record = comparison?.record;
  if (change) {
    return (
      <>
        <b data-direction={change.direction}>{change.text}</b> against {change.against}, same time
        {record && `. Best day: ${renderFigure(figure, record.value)} on ${renderDate(record.day)}`}
      </>
    );
  }
  if (figure.period === "now") return "in the last 5 minutes";
  if (figure.period === undefined) return `over the last ${renderSpan(figure.windowSeconds)}`;
  return board && sinceWhen(board);
}

function sinceWhen({ day }: LiveBoard): string {
  return day.since > day.start ? `counted since ${renderClock(day.since)}` : "since midnight";
}

function numberOf({ figures, numbers }: LiveState, name: string): number | null {
  return numbers[figures.findIndex((figure) => figure.name === name)] ?? null;
}

interface Line {
  readonly values: readonly (number | null)[];
  readonly ghost: readonly (number | null)[] | undefined;
}

/** Without a yesterday, the line begins with the collector, so that it fills its tile. */
function lineOf(
  tile: HeroTile,
  live: LiveState,
  hour: LiveHistory | undefined,
  hourYesterday: LiveHistory | undefined,
): Line {
  const values = valuesOf(hour, tile) ?? recentValues(live, tile);
  const ghost = valuesOf(hourYesterday, tile);
  if (ghost) return { values, ghost };
  const first = values.findIndex((value) => value !== null);
  return { values: values.slice(Math.max(0, first)), ghost };
}

/** Returns undefined while there are too few minutes for a line. */
function valuesOf(
  history: LiveHistory | undefined,
  { figure }: HeroTile,
): readonly (number | null)[] | undefined {
  const values = history?.figures.find(({ name }) => name === figure.name)?.values;
  return values && values.filter((value) => value !== null).length >= FEWEST_MINUTES ? values : undefined;
}

/** In the first minutes of a collector, the seconds that the page has. */
function recentValues({ points, figures }: LiveState, { figure }: HeroTile): readonly (number | null)[] {
  return bucketSeries(points, figures, figure, axisOf(points, RECENT_SECONDS)).values;
}
