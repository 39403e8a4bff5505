import type { LiveBoard, LiveHistory } from "@rumkit/protocol";
import { FigureNumber } from "../filter/FigureNumber.tsx";
import { axisOf, bucketSeries } from "../numbers/buckets.ts";
import { formatFigure, renderClock, renderDate, renderFigure, renderSpan } from "../numbers/format.ts";
import { changeOf } from "../numbers/change.ts";
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
}

/** The numbers that people look at first. */
export function Hero({ live, cards, hour, hourYesterday }: HeroProps) {
  const tiles = heroTiles(live.figures, cards);
  return (
    <section className="hero" aria-label="Today" data-columns={columnsFor(tiles.length)}>
      {tiles.map((tile) => (
        <Tile key={tile.figure.name} tile={tile} live={live} {...lineOf(tile, live, hour, hourYesterday)} />
      ))}
    </section>
  );
}

/** Columns of a wall display: the tiles are wider than high. */
function columnsFor(tiles: number): number {
  if (tiles <= 4) return Math.min(2, tiles);
  return 3;
}

interface TileProps {
  tile: HeroTile;
  live: LiveState;
  values: readonly (number | null)[];
  ghost: readonly (number | null)[] | undefined;
}

function Tile({ tile: { title, figure, others }, live, values, ghost }: TileProps) {
  const value = numberOf(live, figure.name);
  const { number, unit } = formatFigure(figure, value);
  const level = levelOf(figure, value);
  return (
    <article className="card heroTile" data-unit={figure.unit} aria-label={title}>
      <h2 className="heroTitle" title={figure.help}>
        {title}
      </h2>
      <p className="heroValue">
        <FigureNumber figure={figure} text={`${number} ${unit}`.trim()}>
          <span className="heroNumber">{number}</span> {unit && <span className="unit">{unit}</span>}
        </FigureNumber>
        {level && <LevelBadge level={level} />}
        {others.map((other) => (
          <span className="heroMore" key={other.name}>
            + <FigureNumber figure={other} text={renderFigure(other, numberOf(live, other.name))} />
          </span>
        ))}
      </p>
      <p className="change">
        <TileNote figure={figure} live={live} />
      </p>
      <Spark values={values} ghost={ghost} />
    </article>
  );
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
